/** A session's messages, sealed: encrypted and signed, with a number each ([MS-NLMP] 3.4.4.2, extended session security). */
import { timingSafeEqual } from 'node:crypto';
import { NtlmSealError } from './errors.ts';
import { hmacMd5, sealingKey, signingKey, type Direction } from './keys.ts';
import { Rc4 } from './rc4.ts';

export const SIGNATURE_BYTES = 16;
const VERSION = 1;
const CHECKSUM_BYTES = 8;

export interface Sealed {
  readonly signature: Buffer;
  readonly sealed: Buffer;
}

/** One direction of a session, from its first message on; messages come in the order in which they were sealed. */
export class SealStream {
  readonly #cipher: Rc4;
  readonly #signingKey: Buffer;
  #sequence = 0;

  constructor(sessionKey: Buffer, direction: Direction) {
    this.#cipher = new Rc4(sealingKey(sessionKey, direction));
    this.#signingKey = signingKey(sessionKey, direction);
  }

  seal(plain: Uint8Array): Sealed {
    const sealed = this.#cipher.apply(plain);
    return { sealed, signature: this.#sign(plain) };
  }

  /** @throws NtlmSealError; the stream is of no use after that */
  open({ signature, sealed }: Sealed): Buffer {
    if (signature.length !== SIGNATURE_BYTES) throw new NtlmSealError('its signature has a wrong length');
    const plain = this.#cipher.apply(sealed);
    if (!timingSafeEqual(this.#sign(plain), signature)) throw new NtlmSealError('its signature is wrong');
    return plain;
  }

  /** Of the plain message, which goes through the cipher before. */
  #sign(plain: Uint8Array): Buffer {
    const signature = Buffer.alloc(SIGNATURE_BYTES);
    const number = Buffer.alloc(4);
    number.writeUInt32LE(this.#sequence++, 0);
    const checksum = hmacMd5(this.#signingKey, number, plain).subarray(0, CHECKSUM_BYTES);
    signature.writeUInt32LE(VERSION, 0);
    signature.set(this.#cipher.apply(checksum), 4);
    signature.set(number, 12);
    return signature;
  }
}
