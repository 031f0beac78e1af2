/**
 * A file that tells what was done, line by line, each on disk before it counts.
 *
 * A line is JSON behind the first 16 hexadecimal digits of its SHA-256; a torn or damaged line ends the journal there.
 */
import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, stat, truncate, unlink, type FileHandle } from 'node:fs/promises';
import * as path from 'node:path';
import type { z } from 'zod';

const ENDING = '.jsonl';
const FRESH = '.new';
/** A journal that has not appeared by then never will: its process died. */
const FRESH_FOR_MS = 3_600_000;
const LINE = /^([0-9a-f]{16}) (.*)$/;
const sumOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

export class JournalFile<Entry> implements AsyncDisposable {
  readonly path: string;
  readonly #file: FileHandle;
  #last = Promise.resolve();

  private constructor(at: string, file: FileHandle) {
    this.path = at;
    this.#file = file;
  }

  /**
   * A journal that begins with `first`. It appears under its name with that line in it: nobody must ever meet a journal
   * that does not say whose it is.
   */
  static async create<Entry>(folder: string, name: string, first: Entry): Promise<JournalFile<Entry>> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const at = path.join(folder, `${name}${ENDING}`);
    const fresh = `${at}${FRESH}`;
    const journal = new JournalFile<Entry>(at, await open(fresh, 'ax', 0o600));
    await journal.write(first);
    await rename(fresh, at);
    return journal;
  }

  /** Goes on with a journal that is there; a torn end is cut off first. */
  static async reopen<Entry>(at: string): Promise<JournalFile<Entry>> {
    await truncate(at, soundBytes(await readFile(at, 'utf8')));
    return new JournalFile<Entry>(at, await open(at, 'a', 0o600));
  }

  /** Returns once the entry survives a power cut; entries come in the order of the calls. */
  async write(entry: Entry): Promise<void> {
    const text = JSON.stringify(entry);
    this.#last = this.#last.then(async () => {
      await this.#file.appendFile(`${sumOf(text)} ${text}\n`);
      await this.#file.datasync();
    });
    await this.#last;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }
}

export interface OldJournal<Entry> {
  readonly path: string;
  readonly entries: readonly Entry[];
}

/** All journals in `folder`, oldest name first; what is torn or damaged at an end is left out. */
export async function readJournals<S extends z.ZodType>(folder: string, schema: S): Promise<OldJournal<z.infer<S>>[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  for (const name of names.filter((one) => one.endsWith(FRESH))) await removeIfOld(path.join(folder, name));
  const files = names.filter((name) => name.endsWith(ENDING)).sort();
  return await Promise.all(files.map(async (name) => await readJournal(path.join(folder, name), schema)));
}

/** One journal, empty where there is none. */
export async function readJournal<S extends z.ZodType>(at: string, schema: S): Promise<OldJournal<z.infer<S>>> {
  const text = await readFile(at, 'utf8').catch(() => ''); // another process may have just removed it
  const entries: z.infer<S>[] = [];
  for (const json of soundLines(text)) {
    const entry = schema.safeParse(JSON.parse(json));
    if (!entry.success) break; // written by a later Guts
    entries.push(entry.data);
  }
  return { path: at, entries };
}

export const journalPath = (folder: string, name: string): string => path.join(folder, `${name}${ENDING}`);

export async function removeJournal(at: string): Promise<void> {
  await unlink(at).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}

async function removeIfOld(at: string): Promise<void> {
  const facts = await stat(at).catch(() => null);
  if (facts !== null && Date.now() - facts.mtimeMs > FRESH_FOR_MS) await removeJournal(at);
}

function* soundLines(text: string): Generator<string, void, void> {
  for (const line of text.split('\n')) {
    const [, sum, json] = LINE.exec(line) ?? [];
    if (json === undefined || sumOf(json) !== sum) return;
    yield json;
  }
}

/** Bytes up to the end of the last whole line. */
function soundBytes(text: string): number {
  let bytes = 0;
  for (const json of soundLines(text.slice(0, text.lastIndexOf('\n') + 1))) bytes += Buffer.byteLength(json) + 18;
  return bytes;
}
