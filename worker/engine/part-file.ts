/** A file that gets its final name only when it is whole and proved; until then it is a part file beside it. */
import { link, open, rename, unlink, type FileHandle } from 'node:fs/promises';
import * as path from 'node:path';
import { DestinationExistsError, ReadBackError, writeFailure } from './errors.ts';

/** What part files are called, so that a sweep never removes anything else. */
const PART_NAME = /^\..+\.guts-[0-9a-z]+\.part$/;

export const isPartName = (file: string): boolean => PART_NAME.test(path.basename(file));

/** The part file of `final` for the job `jobId`: in the same folder, so that naming it is one step. */
export function partPathOf(final: string, jobId: string): string {
  return path.join(path.dirname(final), `.${path.basename(final)}.guts-${jobId}.part`);
}

export class PartFile implements AsyncDisposable {
  readonly path: string;
  readonly #file: FileHandle;
  #isOpen = true;

  private constructor(at: string, file: FileHandle) {
    this.path = at;
    this.#file = file;
  }

  /** Creates the empty part file; enter it in the ledger before. */
  static async create(at: string): Promise<PartFile> {
    try {
      return new PartFile(at, await open(at, 'wx+', 0o644));
    } catch (error) {
      throw writeFailure(at, error);
    }
  }

  /** For lanes, which write to it by themselves. */
  get fd(): number {
    return this.#file.fd;
  }

  /** Writes all of `bytes` at `position`, reads them back by way of `scratch` and compares. No two calls may share a `scratch`. */
  async write(bytes: Uint8Array, position: number, scratch: Buffer): Promise<void> {
    try {
      for (let done = 0; done < bytes.byteLength;) {
        done += (await this.#file.write(bytes, done, bytes.byteLength - done, position + done)).bytesWritten;
      }
    } catch (error) {
      throw writeFailure(this.path, error);
    }
    for (let done = 0; done < bytes.byteLength;) {
      const { bytesRead } = await this.#file.read(
        scratch,
        0,
        Math.min(scratch.byteLength, bytes.byteLength - done),
        position + done,
      );
      if (bytesRead === 0 || scratch.compare(bytes, done, done + bytesRead, 0, bytesRead) !== 0) {
        throw new ReadBackError(`“${this.path}” does not give back what was written to it at byte ${position + done}.`);
      }
      done += bytesRead;
    }
  }

  /** Sets the length; bytes never written read as zeros and take no space where the file system keeps holes. */
  async setLength(sizeBytes: number): Promise<void> {
    try {
      await this.#file.truncate(sizeBytes);
    } catch (error) {
      throw writeFailure(this.path, error);
    }
  }

  /** Returns once the bytes survive a power cut. */
  async sync(): Promise<void> {
    try {
      await this.#file.sync();
    } catch (error) {
      throw writeFailure(this.path, error);
    }
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#file.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/**
 * Gives a part file its final name, in one step, and never over a file that is there unless `replace` says so.
 * @throws DestinationExistsError
 */
export async function publish(part: string, final: string, replace: boolean): Promise<void> {
  try {
    if (replace) await rename(part, final);
    else {
      await link(part, final);
      await unlink(part);
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw new DestinationExistsError(final, { cause: error });
    if (replace || (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS')) throw writeFailure(final, error);
    await publishWithoutLinks(part, final); // FAT, exFAT and some network shares have no links
  }
  await syncFolder(path.dirname(final));
}

async function publishWithoutLinks(part: string, final: string): Promise<void> {
  try {
    await (await open(final, 'wx')).close();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw new DestinationExistsError(final, { cause: error });
    throw writeFailure(final, error);
  }
  await rename(part, final);
}

/** Makes a new name survive a power cut; not all systems let a folder be opened, and then there is nothing to do. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close(); // the oldest Node's handles cannot be disposed
    }
  } catch {
    // Windows has no such call and needs none.
  }
}
