/** An upload as a sink: bytes go out strictly in order, and their SHA-512 is known at the end. */
import type { ImageUpload } from '../../drivers.ts';
import type { LaneHash } from '../lane/lane-hash.ts';
import { Line } from '../line.ts';
import type { Sink } from '../sink.ts';

export class UploadSink implements Sink {
  position = 0;
  readonly #upload: ImageUpload;
  readonly #hash: LaneHash | null;
  readonly #line = new Line();

  /** @param hash computes what `end` gives; null where a route does so by itself */
  constructor(upload: ImageUpload, hash: LaneHash | null) {
    this.#upload = upload;
    this.#hash = hash;
  }

  async append(bytes: Uint8Array): Promise<void> {
    this.position += bytes.byteLength;
    await Promise.all([this.#hash?.add(bytes), this.#line.join(async () => await this.#upload.append(bytes))]);
  }

  async zeros(length: number): Promise<void> {
    if (length < 0) throw new RangeError(`${-length} bytes were to be taken back`);
    this.position += length;
    await Promise.all([this.#hash?.zeros(length), this.#line.join(async () => await this.#upload.zeros(length))]);
  }

  /** Waits until all is sent. @returns its SHA-512, if asked for; call it once. */
  async end(): Promise<string | null> {
    await this.#line.end();
    return (await this.#hash?.end()) ?? null;
  }
}
