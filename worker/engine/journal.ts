/**
 * What a job did, line by line, on disk before it is done: what to go on with after a crash, and what to undo.
 *
 * A line is JSON behind the first 16 hexadecimal digits of its SHA-256; a torn or damaged line ends the journal there.
 */
import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, stat, unlink, type FileHandle } from 'node:fs/promises';
import * as path from 'node:path';
import { z } from 'zod';
import { ConvertedDisk } from '../../main/shared/jobs.ts';
import { Stage } from '../../main/shared/stages.ts';

export const JobId = z.string().regex(/^job_[0-9a-z]{12}$/);

/** A file as it was when it was written down; another file under the same name does not match. */
export const FileMark = z.object({
  path: z.string(),
  inode: z.number(),
  sizeBytes: z.number(),
  modifiedMs: z.number(),
});
export type FileMark = z.infer<typeof FileMark>;

export const JournalEntry = z.discriminatedUnion('what', [
  z.object({
    what: z.literal('begun'),
    jobId: JobId,
    /** Same input, output and options: such a job may go on with what this one left. */
    identity: z.string(),
    pid: z.number().int(),
    /** When that process started, so that a later process with the same number is not taken for it. */
    processStart: z.string(),
    atMs: z.number(),
  }),
  z.object({ what: z.literal('stage'), stage: Stage, atMs: z.number() }),
  /** The ledger: written before the file is made; it is ours to remove until `gone` or `published`. */
  z.object({ what: z.literal('making'), path: z.string() }),
  z.object({ what: z.literal('gone'), path: z.string() }),
  /** A disk is in its part file, synced and proved. */
  z.object({ what: z.literal('proved'), index: z.number().int(), part: FileMark, disk: ConvertedDisk }),
  /** From here on parts get their final names, one by one. */
  z.object({ what: z.literal('publishing'), files: z.array(z.object({ part: FileMark, final: z.string() })) }),
  z.object({ what: z.literal('published'), path: z.string(), final: z.string() }),
]);
export type JournalEntry = z.infer<typeof JournalEntry>;

const ENDING = '.jsonl';
const FRESH = '.new';
/** A journal that has not appeared by then never will: its process died. */
const FRESH_FOR_MS = 3_600_000;
const LINE = /^([0-9a-f]{16}) (.*)$/;
const sumOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

export class Journal implements AsyncDisposable {
  readonly path: string;
  readonly #file: FileHandle;

  private constructor(at: string, file: FileHandle) {
    this.path = at;
    this.#file = file;
  }

  /**
   * A journal that begins with `begun`. It appears under its name with that line in it: whoever sweeps must never meet a
   * journal that does not say whose it is.
   */
  static async create(folder: string, begun: Extract<JournalEntry, { what: 'begun' }>): Promise<Journal> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const at = path.join(folder, `${begun.jobId}${ENDING}`);
    const fresh = `${at}${FRESH}`;
    const journal = new Journal(at, await open(fresh, 'ax', 0o600));
    await journal.write(begun);
    await rename(fresh, at);
    return journal;
  }

  /** Returns once the entry survives a power cut. */
  async write(entry: JournalEntry): Promise<void> {
    const text = JSON.stringify(entry);
    await this.#file.appendFile(`${sumOf(text)} ${text}\n`);
    await this.#file.datasync();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }
}

export interface OldJournal {
  readonly path: string;
  readonly entries: readonly JournalEntry[];
}

/** All journals in `folder`, oldest name first; what is torn or damaged at an end is left out. */
export async function readJournals(folder: string): Promise<OldJournal[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  for (const name of names.filter((one) => one.endsWith(FRESH))) await removeIfOld(path.join(folder, name));
  const files = names.filter((name) => name.endsWith(ENDING)).sort();
  return await Promise.all(
    files.map(async (name) => {
      const at = path.join(folder, name);
      const text = await readFile(at, 'utf8').catch(() => ''); // another process may have just removed it
      return { path: at, entries: entriesOf(text) };
    }),
  );
}

export async function removeJournal(at: string): Promise<void> {
  await unlink(at).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}

async function removeIfOld(at: string): Promise<void> {
  const facts = await stat(at).catch(() => null);
  if (facts !== null && Date.now() - facts.mtimeMs > FRESH_FOR_MS) await removeJournal(at);
}

function entriesOf(text: string): JournalEntry[] {
  const entries: JournalEntry[] = [];
  for (const line of text.split('\n')) {
    const [, sum, json] = LINE.exec(line) ?? [];
    if (json === undefined || sumOf(json) !== sum) break;
    const entry = JournalEntry.safeParse(JSON.parse(json));
    if (!entry.success) break; // written by a later Guts
    entries.push(entry.data);
  }
  return entries;
}
