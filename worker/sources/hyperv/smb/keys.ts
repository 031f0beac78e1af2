/** From a session's key to what signs and seals its messages ([MS-SMB2] 3.1.4.2; SP800-108, counter mode, HMAC-SHA256). */
import { createHash, createHmac } from 'node:crypto';
import type { Dialect } from './negotiate.ts';

/** @param label with its zero at the end, as `context` */
export function derivedKey(key: Uint8Array, label: string, context: Uint8Array, bytes = 16): Buffer {
  const counter = Buffer.from([0, 0, 0, 1]); // one round is 32 bytes, and more is never wanted
  const bits = Buffer.alloc(4);
  bits.writeUInt32BE(bytes * 8, 0);
  return createHmac('sha256', key)
    .update(counter)
    .update(label, 'latin1')
    .update(Buffer.alloc(1))
    .update(context)
    .update(bits)
    .digest()
    .subarray(0, bytes);
}

export interface SessionKeys {
  readonly signing: Buffer;
  /** Null where the dialect has no encryption. */
  readonly sealing: { readonly toServer: Buffer; readonly fromServer: Buffer } | null;
}

/** @param preauth hash of all that was said up to the sign-in's end; of 3.1.1 alone */
export function sessionKeys(sessionKey: Buffer, dialect: Dialect, preauth: Buffer, cipherBytes: number): SessionKeys {
  if (dialect === '2.1') return { signing: sessionKey, sealing: null };
  if (dialect === '3.1.1')
    return {
      signing: derivedKey(sessionKey, 'SMBSigningKey\0', preauth),
      sealing: {
        toServer: derivedKey(sessionKey, 'SMBC2SCipherKey\0', preauth, cipherBytes),
        fromServer: derivedKey(sessionKey, 'SMBS2CCipherKey\0', preauth, cipherBytes),
      },
    };
  const text = (words: string): Buffer => Buffer.from(words, 'latin1');
  return {
    signing: derivedKey(sessionKey, 'SMB2AESCMAC\0', text('SmbSign\0')),
    sealing: {
      toServer: derivedKey(sessionKey, 'SMB2AESCCM\0', text('ServerIn \0')),
      fromServer: derivedKey(sessionKey, 'SMB2AESCCM\0', text('ServerOut\0')),
    },
  };
}

/** What was said before there were keys, hashed message by message. */
export class Preauth {
  #hash = Buffer.alloc(64);

  add(message: Uint8Array): void {
    this.#hash = createHash('sha512').update(this.#hash).update(message).digest();
  }

  get hash(): Buffer {
    return this.#hash;
  }
}
