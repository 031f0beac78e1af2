/** What demos have made and not finished: written before it is made, so that the next demo can take it away after a crash. */
import { randomInt } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, rmdir, unlink } from 'node:fs/promises';
import * as path from 'node:path';
import { z } from 'zod';
import { MigrationId } from '../../main/shared/migration.ts';
import { Shelf } from '../engine/migrate/shelf.ts';
import { isAlive, thisProcess } from '../engine/process-mark.ts';
import { JobRunningError } from '../engine/sweep.ts';
import { DEMO_SOURCE } from './world.ts';

const Entry = z.object({
  pid: z.number().int(),
  processStart: z.string(),
  folder: z.string(),
  /** Whether the folder is the demo's own, to be removed when it is empty. */
  madeFolder: z.boolean(),
  /** Names in the folder. */
  files: z.array(z.string().refine((name) => name === path.basename(name) && name !== '..' && name !== '.')),
  /** Its journal is of no use without the cloud that the demo took with it. */
  migration: MigrationId,
});
type Entry = z.infer<typeof Entry>;

/** The ending of a ledger file that is being written; nothing has been made by then. */
const PART = '.part';
const ENDING = '.json';
const ledgerFolder = (dataDir: string): string => path.join(dataDir, 'demos');

/** Where the demo's cloud keeps what is uploaded: beside its ledger file. */
export const uploadsOf = (ledger: string): string => ledger.slice(0, -ENDING.length);

/** Remembers what will be made, on disk, and answers where: remove that file when all is done. */
export async function remember(dataDir: string, what: Omit<Entry, 'pid' | 'processStart'>): Promise<string> {
  const folder = ledgerFolder(dataDir);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = path.join(folder, `${process.pid}-${randomInt(2 ** 32).toString(36)}${ENDING}`);
  const handle = await open(`${file}${PART}`, 'wx', 0o600);
  try {
    await handle.writeFile(JSON.stringify({ ...thisProcess(), ...what } satisfies Entry));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${file}${PART}`, file); // whoever reads it reads all of it
  return file;
}

/** Takes away what the ledger file names, then the ledger file. */
export async function undo(dataDir: string, ledger: string): Promise<void> {
  const entry = await entryOf(ledger);
  if (entry !== null) {
    await removeMade(entry);
    await new Shelf(dataDir).discard(entry.migration);
  }
  await rm(uploadsOf(ledger), { recursive: true, force: true });
  await unlink(ledger).catch(unlessGone);
}

/**
 * Takes away what demos left whose process is gone, and the migrations of all that have ended: their clouds are no more.
 * @throws JobRunningError where one that runs uses `folder`
 */
export async function undoDead(dataDir: string, folder: string): Promise<void> {
  const shelf = new Shelf(dataDir);
  const states = await shelf.all(); // before the ledgers: a demo writes its own before it puts its migration there
  const names = await readdir(ledgerFolder(dataDir)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const running = new Set<MigrationId>();
  for (const name of names) {
    const ledger = path.join(ledgerFolder(dataDir), name);
    if (name.endsWith(PART)) {
      if (!isRunning(Number.parseInt(name, 10))) await unlink(ledger).catch(unlessGone);
      continue;
    }
    if (!name.endsWith(ENDING)) continue; // uploads, which go with their ledger file
    const entry = await entryOf(ledger);
    if (entry === null || !isAlive(entry)) await undo(dataDir, ledger);
    else if (entry.folder === folder) throw new JobRunningError(`Process ${entry.pid} runs a demo in “${folder}”.`);
    else running.add(entry.migration);
  }
  for (const { record } of states) {
    const { id, source } = record.request;
    if (source === DEMO_SOURCE && !running.has(id)) await shelf.discard(id);
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // it runs, as someone else
  }
}

/** Null for what is no ledger file. */
async function entryOf(ledger: string): Promise<Entry | null> {
  const text = await readFile(ledger, 'utf8').catch(() => '');
  try {
    return Entry.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

async function removeMade({ folder, madeFolder, files }: Entry): Promise<void> {
  for (const name of files) await rm(path.join(folder, name), { force: true });
  if (!madeFolder) return;
  await rmdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') unlessGone(error); // something else lies there, and stays
  });
}

function unlessGone(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
