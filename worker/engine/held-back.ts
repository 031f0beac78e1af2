/** Bytes that have to wait until something else was sent: in memory while they are few, then in a temporary file without a name. */
import { open, unlink, type FileHandle } from 'node:fs/promises';
import { randomInt } from 'node:crypto';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { writeFailure } from './errors.ts';

/** The bound on memory. */
const MOST_IN_MEMORY_BYTES = 16 * 1024 * 1024;

/** Disposing it lets go of everything. */
export class HeldBack implements AsyncDisposable {
  #pieces: Buffer[] = [];
  #inMemoryBytes = 0;
  #file: FileHandle | undefined;
  #filePath = '';
  #fileBytes = 0;

  get sizeBytes(): number {
    return this.#fileBytes + this.#inMemoryBytes;
  }

  /** Called again only when the call before is done; the memory of `bytes` may be used again then. */
  async add(bytes: Uint8Array): Promise<void> {
    if (this.#file === undefined && this.#inMemoryBytes + bytes.byteLength <= MOST_IN_MEMORY_BYTES) {
      this.#pieces.push(Buffer.from(bytes));
      this.#inMemoryBytes += bytes.byteLength;
      return;
    }
    const pieces = this.#pieces;
    this.#pieces = [];
    this.#inMemoryBytes = 0;
    await this.#toFile([...pieces, bytes]);
  }

  /** In the order in which they came; each piece is good until the next is asked for. */
  async *pieces(pieceBytes: number): AsyncGenerator<Uint8Array, void, void> {
    const piece = Buffer.allocUnsafe(pieceBytes);
    for (let at = 0; at < this.#fileBytes;) {
      const { bytesRead = 0 } =
        (await this.#file?.read(piece, 0, Math.min(pieceBytes, this.#fileBytes - at), at)) ?? {};
      if (bytesRead === 0) throw new Error('a temporary file became shorter');
      at += bytesRead;
      yield piece.subarray(0, bytesRead);
    }
    for (const bytes of this.#pieces) {
      for (let at = 0; at < bytes.byteLength; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#pieces = [];
    if (this.#file === undefined) return;
    await this.#file.close();
    await unlink(this.#filePath).catch(() => {}); // gone already, but on systems that keep the name of an open file
  }

  async #toFile(pieces: readonly Uint8Array[]): Promise<void> {
    try {
      if (this.#file === undefined) {
        this.#filePath = path.join(tmpdir(), `guts-held-${randomInt(2 ** 47).toString(36)}`);
        this.#file = await open(this.#filePath, 'wx+', 0o600);
        if (process.platform !== 'win32') await unlink(this.#filePath);
      }
      for (const bytes of pieces) {
        for (let done = 0; done < bytes.byteLength;) {
          const { bytesWritten } = await this.#file.write(bytes, done, bytes.byteLength - done, this.#fileBytes);
          done += bytesWritten;
          this.#fileBytes += bytesWritten;
        }
      }
    } catch (error) {
      throw writeFailure(this.#filePath, error);
    }
  }
}
