/** RC4: what NTLM seals messages with. Node's OpenSSL 3 has it no more. Not for anything else: it is broken. */

/** A key stream that runs on from message to message. */
export class Rc4 {
  readonly #state = new Uint8Array(256);
  #i = 0;
  #j = 0;

  /** @param key 1 to 256 bytes */
  constructor(key: Uint8Array) {
    if (key.length < 1 || key.length > 256) throw new RangeError(`RC4 takes no key of ${key.length} bytes.`);
    const state = this.#state;
    for (let i = 0; i < 256; i++) state[i] = i;
    for (let i = 0, j = 0; i < 256; i++) {
      j = (j + (state[i] ?? 0) + (key[i % key.length] ?? 0)) & 255;
      swap(state, i, j);
    }
  }

  /** Encrypts, or decrypts: it is the same. */
  apply(bytes: Uint8Array): Buffer {
    const state = this.#state;
    const out = Buffer.allocUnsafe(bytes.length);
    let i = this.#i;
    let j = this.#j;
    for (let at = 0; at < bytes.length; at++) {
      i = (i + 1) & 255;
      j = (j + (state[i] ?? 0)) & 255;
      swap(state, i, j);
      out[at] = (bytes[at] ?? 0) ^ (state[((state[i] ?? 0) + (state[j] ?? 0)) & 255] ?? 0);
    }
    this.#i = i;
    this.#j = j;
    return out;
  }
}

function swap(state: Uint8Array, i: number, j: number): void {
  const kept = state[i] ?? 0;
  state[i] = state[j] ?? 0;
  state[j] = kept;
}
