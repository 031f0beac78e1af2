/** The content digest: what the guest would see on a disk, as one number, whatever format holds it. */
import { createHash, type Hash } from 'node:crypto';

/**
 * SHA-256 over, for every 64 KiB block that is not all zeros, in order, (offset as u64 big-endian, SHA-256 of the block);
 * then the virtual size as u64 big-endian. The disk's last block is as long as the disk goes.
 */
export class ContentDigest {
  readonly #hash: Hash = createHash('sha256');
  readonly #offset = Buffer.alloc(8);
  #last = -1;
  #isOrdered = true;

  /** False once a block came out of order: the digest then says nothing and must be computed by another pass. */
  get isOrdered(): boolean {
    return this.#isOrdered;
  }

  add(offset: number, sha256: Uint8Array): void {
    if (offset <= this.#last) this.#isOrdered = false;
    this.#last = offset;
    this.#hash.update(this.#u64(offset)).update(sha256);
  }

  /** Hexadecimal, 64 digits. */
  finish(virtualSizeBytes: number): string {
    return this.#hash.update(this.#u64(virtualSizeBytes)).digest('hex');
  }

  #u64(value: number): Buffer {
    this.#offset.writeBigUInt64BE(BigInt(value));
    return this.#offset;
  }
}
