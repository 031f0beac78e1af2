/** What processes that were killed in the middle of a write left in the data folder: parts of files, and names of locks. */
import { readdir, rm } from 'node:fs/promises';
import * as path from 'node:path';
import { refused } from './errors.ts';

/** The number of the process that made it; all of Guts's unfinished files carry it. */
const LEFTOVER = /\.(\d+)\.part$|\.lock\.(\d+)(?:\.dead)?$|\.lock\.dead-(\d+)$/;

/**
 * Removes them where their process is gone. A part of the vault may still hold what was deleted from it since.
 * @returns what was removed
 */
export async function sweepLeftovers(dataDir: string): Promise<string[]> {
  const removed: string[] = [];
  try {
    for (const name of await readdir(dataDir, { recursive: true })) {
      const pid = LEFTOVER.exec(name)?.slice(1).find(Boolean);
      if (pid === undefined || isThere(Number(pid))) continue;
      await rm(path.join(dataDir, name), { recursive: true, force: true });
      removed.push(name);
    }
  } catch (error) {
    throw refused('written', dataDir, error);
  }
  return removed;
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // it runs, as someone else
  }
}
