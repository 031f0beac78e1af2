/** An upload as a sink: bytes go out strictly in order, and their SHA-512 is known at the end. */
import { createHash, type Hash } from 'node:crypto';
import type { ImageUpload } from '../../drivers.ts';
import type { Sink } from '../sink.ts';

const ZEROS = new Uint8Array(1024 * 1024);

export class UploadSink implements Sink {
  position = 0;
  readonly #upload: ImageUpload;
  readonly #hash: Hash | null;
  /** The end of the line of appends. */
  #last = Promise.resolve();

  /** @param hashes whether to compute the SHA-512 of what is sent, which a route may do by itself */
  constructor(upload: ImageUpload, hashes: boolean) {
    this.#upload = upload;
    this.#hash = hashes ? createHash('sha512') : null;
  }

  async append(bytes: Uint8Array): Promise<void> {
    this.position += bytes.byteLength;
    await this.#inLine(async () => {
      this.#hash?.update(bytes);
      await this.#upload.append(bytes);
    });
  }

  async zeros(length: number): Promise<void> {
    if (length < 0) throw new RangeError(`${-length} bytes were to be taken back`);
    this.position += length;
    await this.#inLine(async () => {
      if (this.#hash !== null) {
        for (let left = length; left > 0; left -= ZEROS.byteLength)
          this.#hash.update(left < ZEROS.byteLength ? ZEROS.subarray(0, left) : ZEROS);
      }
      await this.#upload.zeros(length);
    });
  }

  /** Waits until all is sent. @returns its SHA-512, if asked for; call it once. */
  async end(): Promise<string | null> {
    await this.#last;
    return this.#hash?.digest('hex') ?? null;
  }

  /** Takes its place in the line at once, whenever it is awaited. */
  async #inLine(send: () => Promise<void>): Promise<void> {
    this.#last = this.#last.then(send);
    this.#last.catch(() => {}); // whoever comes next, or waits for this one, is told
    await this.#last;
  }
}
