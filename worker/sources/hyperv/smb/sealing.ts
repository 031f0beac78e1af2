/** Messages of SMB 3 that are encrypted whole, behind a head of their own ([MS-SMB2] 2.2.41, 3.1.4.3). */
import { createCipheriv, createDecipheriv, timingSafeEqual } from 'node:crypto';
import { openCcm, sealCcm } from './ccm.ts';
import { SmbMessageError, SmbSignatureError } from './errors.ts';
import { HEADER_BYTES } from './header.ts';
import type { Cipher } from './negotiate.ts';

export const SEAL_BYTES = 52;
const PROTOCOL = Buffer.from([0xfd, 0x53, 0x4d, 0x42]);
const TAG_BYTES = 16;
const TAG_AT = 4;
const NONCE_AT = 20;
const ENCRYPTED = 1;
/** What the cipher gives back at once, and is thrown away. Measured: from 4 KiB to 2 MiB it takes the same time. */
const PIECE_BYTES = 64 * 1024;

export const isSealed = (bytes: Uint8Array): boolean => PROTOCOL.equals(bytes.subarray(0, 4));

export interface SealerOptions {
  readonly cipher: Cipher;
  readonly toServer: Buffer;
  readonly fromServer: Buffer;
  readonly sessionId: bigint;
}

/**
 * One session's: no nonce comes twice, as they are counted and each session has keys of its own. Holds memory for the
 * longest message that it has opened.
 */
export class Sealer {
  readonly #options: SealerOptions;
  readonly #nonceBytes: number;
  #sent = 0n;
  #plain: Buffer = Buffer.alloc(0);

  constructor(options: SealerOptions) {
    this.#options = options;
    this.#nonceBytes = options.cipher === 'aes-128-ccm' ? 11 : 12;
  }

  seal(message: Buffer): Buffer {
    const { cipher, toServer, sessionId } = this.#options;
    const head = Buffer.alloc(SEAL_BYTES);
    head.set(PROTOCOL, 0);
    head.writeBigUInt64LE(++this.#sent, NONCE_AT);
    head.writeUInt32LE(message.length, 36);
    head.writeUInt16LE(ENCRYPTED, 42);
    head.writeBigUInt64LE(sessionId, 44);
    const nonce = this.#nonceOf(head);
    const known = head.subarray(NONCE_AT);
    if (cipher === 'aes-128-ccm') {
      const sealed = Buffer.alloc(message.length);
      head.set(sealCcm(toServer, nonce, known, message, sealed), TAG_AT);
      return Buffer.concat([head, sealed]);
    }
    const gcm = createCipheriv(cipher, toServer, nonce).setAAD(known);
    const sealed = gcm.update(message);
    gcm.final();
    head.set(gcm.getAuthTag(), TAG_AT);
    return Buffer.concat([head, sealed]);
  }

  /**
   * What is returned is good until the next is opened.
   * @throws SmbMessageError, SmbSignatureError; nothing of it was used then
   */
  open(frame: Buffer): Buffer {
    const { cipher, fromServer, sessionId } = this.#options;
    if (frame.length < SEAL_BYTES + HEADER_BYTES || !isSealed(frame)) throw new SmbMessageError('it is cut short');
    if (frame.readUInt16LE(42) !== ENCRYPTED) throw new SmbMessageError('it is sealed in another way than agreed on');
    if (frame.readBigUInt64LE(44) !== sessionId) throw new SmbMessageError('it is of another session');
    if (frame.readUInt32LE(36) !== frame.length - SEAL_BYTES) throw new SmbMessageError('it is not as long as it says');
    const nonce = this.#nonceOf(frame);
    const tag = frame.subarray(TAG_AT, TAG_AT + TAG_BYTES);
    const known = frame.subarray(NONCE_AT, SEAL_BYTES);
    const sealed = frame.subarray(SEAL_BYTES);
    if (this.#plain.length < sealed.length) this.#plain = Buffer.allocUnsafeSlow(sealed.length);
    const plain = this.#plain.subarray(0, sealed.length);
    if (cipher === 'aes-128-ccm') {
      if (!timingSafeEqual(openCcm(fromServer, nonce, known, sealed, plain), tag))
        throw new SmbSignatureError('its seal is broken');
      return plain;
    }
    const gcm = createDecipheriv(cipher, fromServer, nonce, { authTagLength: TAG_BYTES }).setAAD(known).setAuthTag(tag);
    for (let at = 0; at < sealed.length; at += PIECE_BYTES)
      plain.set(gcm.update(sealed.subarray(at, at + PIECE_BYTES)), at);
    try {
      gcm.final();
    } catch (error) {
      throw new SmbSignatureError('its seal is broken', { cause: error });
    }
    return plain;
  }

  #nonceOf(head: Buffer): Buffer {
    return head.subarray(NONCE_AT, NONCE_AT + this.#nonceBytes);
  }
}
