/**
 * A file that tells what was done, line by line, each on disk before it counts; who writes while a flush is under way shares
 * the next one.
 *
 * A line is JSON behind the first 16 hexadecimal digits of its SHA-256; a torn or damaged line ends the journal there.
 */
import { createHash } from 'node:crypto';
import {
  copyFile,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  stat,
  unlink,
  writeFile,
  type FileHandle,
} from 'node:fs/promises';
import * as path from 'node:path';
import type { z } from 'zod';
import { GroupCommit } from '../../main/shared/group-commit.ts';
import { isThere } from './process-mark.ts';
import { JournalDamagedError, JournalTooNewError, journalRefused } from './journal-errors.ts';

const ENDING = '.jsonl';
const FRESH = /[.](?<pid>\d+)[.]new$/;
const CORRUPT = '.corrupt';
/** A journal that has not appeared by then never will: another process has the number of the one that died. */
const FRESH_FOR_MS = 3_600_000;
/** Texts may have U+2028 in them, which ends lines for regular expressions alone. */
const LINE = /^([0-9a-f]{16}) (.*)$/s;
const sumOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

function lineOf(entry: unknown): string {
  const text = JSON.stringify(entry);
  return `${sumOf(text)} ${text}\n`;
}

export class JournalFile<Entry> implements AsyncDisposable {
  readonly path: string;
  readonly #file: FileHandle;
  readonly #commits = new GroupCommit<string>((lines) => this.#commit(lines.join('')));
  /** All of it is on the disk. */
  #bytes: number;
  /** After a failure that left the file in a state which nobody knows. */
  #broken: unknown;

  private constructor(at: string, file: FileHandle, bytes: number) {
    this.path = at;
    this.#file = file;
    this.#bytes = bytes;
  }

  /**
   * A journal that begins with `first`. It appears under its name with that line in it: nobody must ever meet a journal
   * that does not say whose it is.
   */
  static async create<Entry>(folder: string, name: string, first: Entry): Promise<JournalFile<Entry>> {
    const at = path.join(folder, `${name}${ENDING}`);
    const fresh = freshName(at);
    let file: FileHandle | undefined;
    try {
      await makeFolder(folder);
      file = await open(fresh, 'ax', 0o600);
      const journal = new JournalFile<Entry>(at, file, 0);
      await journal.write(first);
      await rename(fresh, at);
      await syncFolder(folder);
      return journal;
    } catch (error) {
      if (file !== undefined) await unlink(fresh).catch(() => {}); // it may have its name already
      await file?.close();
      throw journalRefused(at, error);
    }
  }

  /** Puts these entries in the place of a journal, at once. */
  static async replace(at: string, entries: readonly unknown[]): Promise<void> {
    const fresh = freshName(at);
    try {
      await unlink(fresh).catch(() => {});
      await writeFile(fresh, entries.map((entry) => lineOf(entry)).join(''), { mode: 0o600, flush: true });
      await rename(fresh, at);
      await syncFolder(path.dirname(at));
    } catch (error) {
      throw journalRefused(at, error);
    }
  }

  /**
   * Goes on with a journal that is there; a torn end is cut off first.
   * @throws JournalTooNewError where `schema` does not know an entry; JournalDamagedError where lines stand behind a damaged
   * one: they were set aside then, and the next time goes on with what stood before
   */
  static async reopen<S extends z.ZodType>(at: string, schema: S): Promise<JournalFile<z.infer<S>>> {
    let file: FileHandle | undefined;
    try {
      const text = await readFile(at, 'utf8');
      const sound = soundBytes(text);
      for (const json of soundLines(text))
        if (!schema.safeParse(JSON.parse(json)).success) throw new JournalTooNewError(at);
      const isDamaged = hasSoundLine(Buffer.from(text).subarray(sound).toString('utf8'));
      if (isDamaged) await copyFile(at, `${at}${CORRUPT}`);
      file = await open(at, 'a', 0o600);
      await file.truncate(sound);
      if (isDamaged) throw new JournalDamagedError(at, `${at}${CORRUPT}`);
      return new JournalFile<z.infer<S>>(at, file, sound);
    } catch (error) {
      await file?.close();
      throw journalRefused(at, error);
    }
  }

  /** Returns once the entry survives a power cut; entries come in the order of the calls. */
  async write(entry: Entry): Promise<void> {
    await this.#commits.add(lineOf(entry));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#commits.end();
    await this.#file.close();
  }

  async #commit(text: string): Promise<void> {
    if (this.#broken !== undefined) throw journalRefused(this.path, this.#broken);
    try {
      await this.#file.appendFile(text);
      await this.#file.datasync();
      this.#bytes += Buffer.byteLength(text);
    } catch (error) {
      await this.#takeBack(error);
      throw journalRefused(this.path, error);
    }
  }

  /** What is half there would end the journal for whoever reads it, also before lines that come later. */
  async #takeBack(error: unknown): Promise<void> {
    // After a failed flush the system may call data flushed that is not: only a full disk is known to be harmless.
    const isHarmless = ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '');
    try {
      await this.#file.truncate(this.#bytes);
      await this.#file.datasync();
      if (!isHarmless) this.#broken = error;
    } catch {
      this.#broken = error;
    }
  }
}

export interface OldJournal<Entry> {
  readonly path: string;
  readonly entries: readonly Entry[];
}

/** All journals in `folder`, oldest name first; what is torn or damaged at an end is left out. */
export async function readJournals<S extends z.ZodType>(folder: string, schema: S): Promise<OldJournal<z.infer<S>>[]> {
  const names = await journalNames(folder);
  return await Promise.all(names.map(async (name) => await readJournal(journalPath(folder, name), schema)));
}

/** What the journals in `folder` are called, in that order. */
export async function journalNames(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  for (const name of names) await removeIfDead(path.join(folder, name));
  const files = names.filter((name) => name.endsWith(ENDING)).sort();
  return files.map((name) => name.slice(0, -ENDING.length));
}

/** One journal, empty where there is none. */
export async function readJournal<S extends z.ZodType>(at: string, schema: S): Promise<OldJournal<z.infer<S>>> {
  const text = await readFile(at, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''; // another process may have just removed it
    throw journalRefused(at, error);
  });
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

/** What a journal is called until its first line is on the disk: it says who is at it. */
const freshName = (at: string): string => `${at}.${process.pid}.new`;

/** A journal that was being begun when its process died. */
async function removeIfDead(at: string): Promise<void> {
  const pid = FRESH.exec(at)?.groups?.['pid'];
  if (pid === undefined) return;
  const facts = await stat(at).catch(() => null);
  if (facts !== null && (!isThere(Number(pid)) || Date.now() - facts.mtimeMs > FRESH_FOR_MS)) await removeJournal(at);
}

function* soundLines(text: string): Generator<string, void, void> {
  for (const line of text.split('\n')) {
    const [, sum, json] = LINE.exec(line) ?? [];
    if (json === undefined || sumOf(json) !== sum) return;
    yield json;
  }
}

function hasSoundLine(text: string): boolean {
  const whole = text.split('\n').slice(0, -1);
  return whole.some((line) => soundLines(line).next().done === false);
}

export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await mkdir(folder); // gives the true reason, such as a read-only file system, which Node hides behind that code
  }
}

/** A new name lasts only when its folder is on the disk. Windows knows no such thing and needs none. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Bytes up to the end of the last whole line. */
function soundBytes(text: string): number {
  let bytes = 0;
  for (const json of soundLines(text.slice(0, text.lastIndexOf('\n') + 1))) bytes += Buffer.byteLength(json) + 18;
  return bytes;
}
