/** An upload as a sink: bytes go out strictly in order and as fast as they may, and their SHA-512 is known at the end. */
import type { ImageUpload } from '../../drivers.ts';
import type { LaneHash } from '../lane/lane-hash.ts';
import { Line } from '../line.ts';
import type { RateLimit } from '../rate-limit.ts';
import type { Sink } from '../sink.ts';

/** How fast an upload may be, and what ends all waiting for that. */
export interface Pace {
  readonly limit: RateLimit;
  readonly signal: AbortSignal;
}

/** Zeros are sent so many at a time where a limit may come up: there can be very many of them. */
const ZEROS_BYTES = 1024 * 1024;

export class UploadSink implements Sink {
  position = 0;
  readonly #upload: ImageUpload;
  readonly #hash: LaneHash | null;
  readonly #pace: Pace | null;
  readonly #line = new Line();

  /**
   * @param hash computes what `end` gives; null where a route does so by itself
   * @param pace null where nothing will ever limit it
   */
  constructor(upload: ImageUpload, hash: LaneHash | null, pace: Pace | null) {
    this.#upload = upload;
    this.#hash = hash;
    this.#pace = pace;
  }

  async append(bytes: Uint8Array): Promise<void> {
    this.position += bytes.byteLength;
    await Promise.all([this.#hash?.add(bytes), this.#line.join(async () => await this.#send(bytes))]);
  }

  async zeros(length: number): Promise<void> {
    if (length < 0) throw new RangeError(`${-length} bytes were to be taken back`);
    this.position += length;
    await Promise.all([this.#hash?.zeros(length), this.#line.join(async () => await this.#sendZeros(length))]);
  }

  /** Waits until all is sent. @returns its SHA-512, if asked for; call it once. */
  async end(): Promise<string | null> {
    await this.#line.end();
    return (await this.#hash?.end()) ?? null;
  }

  async #send(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.byteLength;) {
      const length = await this.#granted(bytes.byteLength - at);
      await this.#upload.append(length === bytes.byteLength ? bytes : bytes.subarray(at, at + length));
      at += length;
    }
  }

  async #sendZeros(length: number): Promise<void> {
    for (let left = length; left > 0;) {
      const some = await this.#granted(this.#pace === null ? left : Math.min(left, ZEROS_BYTES));
      await this.#upload.zeros(some);
      left -= some;
    }
  }

  async #granted(bytes: number): Promise<number> {
    return this.#pace === null ? bytes : await this.#pace.limit.grant(bytes, this.#pace.signal);
  }
}
