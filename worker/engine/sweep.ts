/** After a crash: finds what dead jobs left, takes over what was already proved, and removes the rest. */
import { rename, stat, unlink } from 'node:fs/promises';
import * as path from 'node:path';
import type { ConvertedDisk } from '../../main/shared/jobs.ts';
import { GutsError } from '../../main/shared/errors.ts';
import { DestinationExistsError } from './errors.ts';
import { JournalEntry, type FileMark } from './journal.ts';
import { readJournals, removeJournal, type OldJournal as AnyOldJournal } from './journal-file.ts';
import { isPartName, publish } from './part-file.ts';
import { isAlive } from './process-mark.ts';

type OldJournal = AnyOldJournal<JournalEntry>;

export class JobRunningError extends GutsError {
  readonly code = 'job.running';
  readonly remedy = 'Wait for it, or end that process and run again.';
}

/** A disk that an earlier run of the same job wrote and proved; its part file is now this job's. */
export interface Adopted {
  readonly index: number;
  readonly part: FileMark;
  readonly disk: ConvertedDisk;
}
export interface Swept {
  /** Files that were removed. */
  readonly tidied: readonly string[];
  readonly adopted: readonly Adopted[];
  /** Journals whose parts were adopted: to be removed once the new journal names those parts. */
  readonly journals: readonly string[];
}

export const journalFolder = (dataDir: string): string => path.join(dataDir, 'jobs');

/**
 * Goes through the journals of all jobs whose process is gone. Jobs that run are left alone.
 * @param identity of the job that is about to start
 * @throws JobRunningError when that very job is running in another process
 */
export async function sweep(dataDir: string, identity: string): Promise<Swept> {
  const tidied: string[] = [];
  const adopted: Adopted[] = [];
  const journals: string[] = [];
  for (const journal of await readJournals(journalFolder(dataDir), JournalEntry)) {
    const begun = journal.entries.find((entry) => entry.what === 'begun');
    if (begun !== undefined && isAlive(begun)) {
      if (begun.identity === identity) throw new JobRunningError(`Process ${begun.pid} is doing exactly this already.`);
      continue;
    }
    if (begun?.identity === identity) {
      const taken = await takeOver(journal);
      adopted.push(...taken.filter((one) => !adopted.some((other) => other.index === one.index)));
      tidied.push(...(await removeMade(journal, new Set(adopted.map((one) => one.part.path)))));
      journals.push(journal.path);
    } else {
      await finishPublishing(journal);
      tidied.push(...(await removeMade(journal, new Set())));
      await removeJournal(journal.path);
    }
  }
  return { tidied, adopted, journals };
}

const all = <W extends JournalEntry['what']>(journal: OldJournal, what: W): Extract<JournalEntry, { what: W }>[] =>
  journal.entries.filter((entry): entry is Extract<JournalEntry, { what: W }> => entry.what === what);

/** The disks that the dead job had proved, their parts back under their part names. */
async function takeOver(journal: OldJournal): Promise<Adopted[]> {
  for (const { part, final } of all(journal, 'publishing').flatMap((entry) => entry.files)) {
    if (!(await matches(final, part))) continue;
    if (await matches(part.path, part)) await unlink(final);
    else await rename(final, part.path);
  }
  const adopted: Adopted[] = [];
  for (const { index, part, disk } of all(journal, 'proved')) {
    if (await matches(part.path, part)) adopted.push({ index, part, disk: { ...disk, adopted: true } });
  }
  return adopted;
}

/** All disks were proved and some may have their names already: the rest get theirs too. */
async function finishPublishing(journal: OldJournal): Promise<void> {
  for (const { part, final } of all(journal, 'publishing').flatMap((entry) => entry.files)) {
    if (!(await matches(part.path, part)) || (await matches(final, part))) continue;
    await publish(part.path, final, false).catch((error: unknown) => {
      if (!(error instanceof DestinationExistsError)) throw error; // what is there now is not ours to replace
    });
  }
}

/** Removes the files that the ledger names and nobody keeps. */
async function removeMade(journal: OldJournal, kept: ReadonlySet<string>): Promise<string[]> {
  const gone = new Set(all(journal, 'gone').map((entry) => entry.path));
  const removed: string[] = [];
  for (const { path: made } of all(journal, 'making')) {
    if (gone.has(made) || kept.has(made) || !isPartName(made)) continue;
    const isRemoved = await unlink(made).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return false;
        throw error;
      },
    );
    if (isRemoved) removed.push(made);
  }
  return removed;
}

export async function markOf(file: string): Promise<FileMark> {
  const { ino, size, mtimeMs } = await stat(file);
  return { path: file, inode: ino, sizeBytes: size, modifiedMs: mtimeMs };
}

async function matches(file: string, mark: FileMark): Promise<boolean> {
  const now = await markOf(file).catch(() => null);
  return (
    now !== null && now.inode === mark.inode && now.sizeBytes === mark.sizeBytes && now.modifiedMs === mark.modifiedMs
  );
}
