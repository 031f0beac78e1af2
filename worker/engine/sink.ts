/** Where an image goes that is written strictly from front to back: a file, a pipe, later an upload. Nobody seeks in a sink. */
import { createHash, type Hash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { PartFile } from './part-file.ts';
import { writeFailure } from './errors.ts';
import { Line } from './line.ts';

export interface Sink {
  /** Bytes handed over so far, which is where the next ones go. */
  readonly position: number;
  /**
   * Takes the next bytes; may be called before earlier calls are done, and keeps their order.
   * @returns once the bytes have arrived and their buffer may be used again
   */
  append(bytes: Uint8Array): Promise<void>;
  /** So many zero bytes. */
  zeros(length: number): Promise<void>;
}

const SCRATCH_BYTES = 256 * 1024;

/** A part file from its start on; zeros stay holes, everything else is read back and compared. */
export class FileSink implements Sink {
  position = 0;
  readonly #file: PartFile;
  readonly #scratch: Buffer[] = [];

  constructor(file: PartFile) {
    this.#file = file;
  }

  async append(bytes: Uint8Array): Promise<void> {
    const at = this.position;
    this.position += bytes.byteLength;
    const scratch = this.#scratch.pop() ?? Buffer.allocUnsafeSlow(SCRATCH_BYTES); // one for each append under way
    await this.#file.write(bytes, at, scratch);
    this.#scratch.push(scratch);
  }

  async zeros(length: number): Promise<void> {
    this.position += length;
  }
}

const ZEROS = new Uint8Array(1024 * 1024);

/** A pipe, whose reader decides how fast: what is written is gone and cannot be read back. */
export class PipeSink implements Sink {
  position = 0;
  readonly #name: string;
  readonly #pipe: FileHandle;
  readonly #hash: Hash | null;
  readonly #line = new Line();

  /** @param hashes whether to compute the SHA-512 of what is sent, which a route may do by itself */
  constructor(name: string, pipe: FileHandle, hashes: boolean) {
    this.#name = name;
    this.#pipe = pipe;
    this.#hash = hashes ? createHash('sha512') : null;
  }

  async append(bytes: Uint8Array): Promise<void> {
    this.position += bytes.byteLength;
    await this.#line.join(() => this.#send(bytes));
  }

  async zeros(length: number): Promise<void> {
    this.position += length;
    await this.#line.join(async () => {
      for (let left = length; left > 0; left -= ZEROS.byteLength) {
        await this.#send(left < ZEROS.byteLength ? ZEROS.subarray(0, left) : ZEROS);
      }
    });
  }

  /** Waits until all is sent. @returns its SHA-512, if asked for; call it once. */
  async end(): Promise<string | null> {
    await this.#line.end();
    return this.#hash?.digest('hex') ?? null;
  }

  async #send(bytes: Uint8Array): Promise<void> {
    this.#hash?.update(bytes);
    try {
      for (let done = 0; done < bytes.byteLength;) {
        done += (await this.#pipe.write(bytes, done, bytes.byteLength - done)).bytesWritten;
      }
    } catch (error) {
      throw writeFailure(this.#name, error);
    }
  }
}
