/** Lets one process at a time change the files of a data folder, and says who does when that takes too long. */
import { link, readFile, rename, stat, unlink, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { makeFolder } from './durable-file.ts';
import { refused, StoreBusyError } from './errors.ts';
import { giveToOwner } from './owner.ts';
import { isAlive, nameOf, ProcessMark, thisProcess } from './process-mark.ts';

/** A write takes milliseconds; whoever holds the lock for longer is stuck. */
const PATIENCE_MS = 5000;
const LOOK_EVERY_MS = 25;

/** Work of this process waits here, by folder: the lock file only knows processes. */
const queues = new Map<string, Promise<unknown>>();

/**
 * Runs `work` while nobody else changes the files of `folder`. The lock of a process that has died is taken over.
 * @throws StoreBusyError when another process keeps it for seconds; several that have it one after another are waited for
 */
export async function asOnlyWriter<T>(folder: string, work: () => Promise<T>, patienceMs = PATIENCE_MS): Promise<T> {
  const before = queues.get(folder) ?? Promise.resolve();
  const turn = before.then(
    () => locked(folder, work, patienceMs),
    () => locked(folder, work, patienceMs),
  );
  queues.set(folder, turn);
  try {
    return await turn;
  } finally {
    if (queues.get(folder) === turn) queues.delete(folder);
  }
}

async function locked<T>(folder: string, work: () => Promise<T>, patienceMs: number): Promise<T> {
  const file = path.join(folder, 'writer.lock');
  try {
    await makeFolder(folder);
    await take(folder, file, patienceMs);
  } catch (error) {
    throw refused('written', file, error);
  }
  try {
    return await work();
  } finally {
    await unlink(file).catch(() => {}); // taken for dead and taken over: then it is no longer ours
  }
}

async function take(folder: string, file: string, patienceMs: number): Promise<void> {
  let giveUpMs = performance.now() + patienceMs;
  let seen = '';
  const own = `${file}.${process.pid}`;
  try {
    await writeFile(own, JSON.stringify(thisProcess()), { mode: 0o600 }); // gets the lock's name whole, or not at all
    await giveToOwner(own);
    for (;;) {
      try {
        await link(own, file);
        return;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const text = await readFile(file, 'utf8').catch(() => null);
      if (text === null) continue; // given back meanwhile
      const holder = holderOf(text);
      if (holder !== null && !isAlive(holder)) {
        await takeAway(file, text);
        continue;
      }
      const lock = await whichOne(file);
      if (lock !== seen) [seen, giveUpMs] = [lock, performance.now() + patienceMs];
      if (performance.now() > giveUpMs) throw new StoreBusyError(folder, whoIs(holder), file);
      await pause(LOOK_EVERY_MS);
    }
  } finally {
    await unlink(own).catch(() => {});
  }
}

/** Differs each time that the lock is taken, also by the same process. */
async function whichOne(file: string): Promise<string> {
  const found = await stat(file, { bigint: true }).catch(() => null);
  return found === null ? '' : `${found.ino} ${found.mtimeNs}`;
}

/** Two may find the same dead holder: whoever took away a fresh lock by mistake puts it back. */
async function takeAway(file: string, text: string): Promise<void> {
  const aside = `${file}.${process.pid}.dead`;
  try {
    await rename(file, aside);
  } catch {
    return; // somebody was faster
  }
  const taken = await readFile(aside, 'utf8');
  if (taken !== text) await link(aside, file).catch(() => {});
  await unlink(aside);
}

function holderOf(text: string): ProcessMark | null {
  try {
    return ProcessMark.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

const whoIs = (holder: ProcessMark | null): string =>
  holder === null ? 'a process that left no name' : nameOf(holder);
