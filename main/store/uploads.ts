/** Files that were sent to Guts: each in a folder of its own under the name that it had, and gone when it is a day old. */
import { createWriteStream } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import * as path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GutsError } from '../shared/errors.ts';
import { MOST_UPLOAD_BYTES, UploadId, type UploadedFile } from '../shared/uploads.ts';
import { randomLetters } from './connections.ts';
import { FILE_MODE, makeFolder } from './durable-file.ts';
import { refused } from './errors.ts';

const KEPT_MS = 24 * 3600_000;
/** Of all that is kept. */
const MOST_BYTES = 1024 * 2 ** 20;

export class UploadTooLargeError extends GutsError {
  readonly code = 'files.too-large';
  readonly remedy =
    'Export the data centre in parts, or judge the file where it is (“guts assess FILE”), which takes larger ones.';

  constructor() {
    super(`The file has more than ${MOST_UPLOAD_BYTES / 2 ** 20} MiB.`);
  }
}

export class UploadsFullError extends GutsError {
  readonly code = 'files.full';
  readonly remedy = 'Delete nothing by hand: files that were sent are removed when they are a day old. Try again then.';
  override readonly retryable = true;

  constructor() {
    super('Too much was sent to this Guts within a day.');
  }
}

export class CutUploadError extends GutsError {
  readonly code = 'files.cut-off';
  readonly remedy = 'Send it again.';
  override readonly retryable = true;

  constructor(cause: unknown) {
    super('The file ended before all of it had arrived.', { cause });
  }
}

export class UnknownUploadError extends GutsError {
  readonly code = 'files.unknown';
  readonly remedy = 'Send the file again: it was never here, or is older than a day.';

  constructor(id: string) {
    super(`There is no file “${id}”.`);
  }
}

export class UploadStore {
  readonly #folder: string;

  constructor(dataDir: string) {
    this.#folder = path.join(dataDir, 'uploads');
  }

  /** Writes what arrives, as it arrives. @param name one that `UploadName` allows */
  async receive(name: string, body: ReadableStream<Uint8Array> | null): Promise<UploadedFile> {
    await this.#sweep();
    const id = UploadId.parse(`upl_${randomLetters()}`);
    const folder = path.join(this.#folder, id);
    const file = path.join(folder, name);
    let sizeBytes = 0;
    async function* counted(): AsyncGenerator<Uint8Array, void, void> {
      const reader = (body ?? new Blob([]).stream()).getReader();
      for (;;) {
        const { done, value } = await reader.read().catch((cause: unknown) => {
          throw new CutUploadError(cause);
        });
        if (done) return;
        sizeBytes += value.byteLength;
        if (sizeBytes > MOST_UPLOAD_BYTES) {
          await reader.cancel().catch(() => {}); // whoever sends so much hears it from the answer
          throw new UploadTooLargeError();
        }
        yield value;
      }
    }
    try {
      await makeFolder(folder);
      await pipeline(Readable.from(counted()), createWriteStream(file, { mode: FILE_MODE, flags: 'wx' }));
    } catch (error) {
      await this.remove(id);
      throw error instanceof GutsError ? error : refused('written', file, error);
    }
    return { id, name, sizeBytes };
  }

  /** Where it is. @throws UnknownUploadError */
  async pathOf(id: UploadId): Promise<string> {
    const folder = path.join(this.#folder, id);
    const [name] = await readdir(folder).catch(() => []);
    if (name === undefined) throw new UnknownUploadError(id);
    return path.join(folder, name);
  }

  async remove(id: UploadId): Promise<void> {
    await rm(path.join(this.#folder, id), { recursive: true, force: true });
  }

  /** Removes what is old. @throws UploadsFullError where too much is left then */
  async #sweep(): Promise<void> {
    let sizeBytes = 0;
    for (const name of await readdir(this.#folder).catch(() => [])) {
      const id = UploadId.safeParse(name);
      if (!id.success) continue;
      const file = await this.pathOf(id.data).catch(() => null);
      const facts = file === null ? null : await stat(file).catch(() => null);
      if (facts === null || Date.now() - facts.mtimeMs > KEPT_MS) await this.remove(id.data);
      else sizeBytes += facts.size;
    }
    if (sizeBytes > MOST_BYTES) throw new UploadsFullError();
  }
}
