/** Random access to bytes that stand still: a local file, a window into one, later a remote file read by ranges. */
import type { BigIntStats } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { MissingFileError, TruncatedImageError } from './errors.ts';

export interface ByteSource extends AsyncDisposable {
  /** For messages: a path or an address without secrets. */
  readonly name: string;
  readonly sizeBytes: number;
  /** When its file was last written to, in nanoseconds since 1970, as it was when it was opened; left out where nobody tells. */
  readonly writtenAtNs?: bigint;
  /** Where the very same bytes are a local file: its path, for what only the file system can tell. */
  readonly path?: string;
  /** Where the bytes lie in an open file of this process, so that its other threads can read them without asking. */
  readonly local?: { readonly fd: number; readonly start: number };
  /**
   * Fills all of `into` with the bytes from `position` on. Safe to call many times at once.
   * @throws TruncatedImageError when the bytes end before `into` is full; `into` is then undefined in part.
   */
  read(into: Uint8Array, position: number, signal?: AbortSignal): Promise<void>;
}

/** Bytes that come once, front to back, and whose number is known when they have all come: a network stream. */
export interface ByteStream extends AsyncDisposable {
  /** For messages: a path or an address without secrets. */
  readonly name: string;
  /**
   * Fills `into` as far as the stream goes on. Called again only when the call before is done.
   * @returns bytes that came; fewer than asked for only at the stream's proper end, 0 behind it
   * @throws GutsError when the stream breaks off before its proper end
   */
  read(into: Uint8Array, signal?: AbortSignal): Promise<number>;
}

/** The bytes of `source` from its start, once. Disposing it leaves `source` open. */
export function streamOf(source: ByteSource): ByteStream {
  let position = 0;
  return {
    name: source.name,
    async read(into, signal) {
      const length = Math.min(into.byteLength, source.sizeBytes - position);
      await source.read(into.subarray(0, length), position, signal);
      position += length;
      return length;
    },
    async [Symbol.asyncDispose]() {},
  };
}

/** A `ByteSource` over an open local file; disposing it closes the file. */
class FileSource implements ByteSource {
  readonly name: string;
  readonly path: string;
  readonly sizeBytes: number;
  readonly writtenAtNs: bigint;
  readonly local: { readonly fd: number; readonly start: number };
  readonly #file: FileHandle;

  constructor(name: string, { size, mtimeNs }: BigIntStats, file: FileHandle) {
    this.name = name;
    this.path = name;
    this.sizeBytes = Number(size);
    this.writtenAtNs = mtimeNs;
    this.local = { fd: file.fd, start: 0 };
    this.#file = file;
  }

  async read(into: Uint8Array, position: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (position < 0 || position + into.byteLength > this.sizeBytes) throw endsBefore(this, into.byteLength, position);
    for (let done = 0; done < into.byteLength;) {
      const { bytesRead } = await this.#file.read(into, done, into.byteLength - done, position + done);
      if (bytesRead === 0) throw endsBefore(this, into.byteLength, position);
      done += bytesRead;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }
}

/**
 * Opens a regular file for reading.
 * @throws MissingFileError where there is none, it is no regular file, or it may not be read.
 */
export async function openFile(path: string): Promise<ByteSource> {
  try {
    const file = await open(path, 'r');
    const stat = await file.stat({ bigint: true });
    if (stat.isFile()) return new FileSource(path, stat, file);
    await file.close();
  } catch (error) {
    throw new MissingFileError(
      `“${path}” cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown reason'}.`,
      undefined,
      {
        cause: error,
      },
    );
  }
  throw new MissingFileError(`“${path}” is not a regular file.`, 'Name the disk image itself.');
}

/** The bytes [start, start + sizeBytes) of `source` as a source of their own. Disposing it leaves `source` open. */
export function windowOf(source: ByteSource, start: number, sizeBytes: number, name = source.name): ByteSource {
  const view: ByteSource = {
    name,
    sizeBytes,
    ...(source.local === undefined ? {} : { local: { fd: source.local.fd, start: source.local.start + start } }),
    async read(into, position, signal) {
      if (position < 0 || position + into.byteLength > sizeBytes) throw endsBefore(view, into.byteLength, position);
      await source.read(into, start + position, signal);
    },
    async [Symbol.asyncDispose]() {},
  };
  return view;
}

/** Reads `length` bytes into a fresh buffer: for headers and tables, not for guest data. */
export async function readBytes(
  source: ByteSource,
  position: number,
  length: number,
  signal?: AbortSignal,
): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  await source.read(bytes, position, signal);
  return bytes;
}

function endsBefore(source: ByteSource, length: number, position: number): TruncatedImageError {
  return new TruncatedImageError(
    `“${source.name}” has ${source.sizeBytes} bytes, but ${length} bytes at ${position} are needed.`,
  );
}
