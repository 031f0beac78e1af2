/** The demo's folder: which files it will hold, and whether they may be put there. */
import { constants, copyFile, lstat, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import { demoReports, reportPart } from '../../main/shared/demo.ts';
import { DestinationExistsError, DestinationWriteError, writeFailure } from '../engine/errors.ts';
import type { DemoMachine } from './machine.ts';

export const CONSOLE_LOG = 'console.log';
export const imageName = (index: number): string => `disk${index + 1}.qcow2`;

/** What a finished demo leaves. */
function finalNames({ disks }: DemoMachine): string[] {
  return [...disks.map((_, index) => imageName(index)), CONSOLE_LOG, ...Object.values(demoReports)];
}

/** Every name that a demo may leave in its folder, finished or not. */
export function namesOf(machine: DemoMachine): string[] {
  return finalNames(machine).flatMap((name) => [name, reportPart(name)]);
}

/**
 * Makes sure that none of the demo's names is taken; what an earlier demo left under them is removed.
 * @throws DestinationExistsError for a file that no demo has made
 */
export async function freeFolder(folder: string, machine: DemoMachine): Promise<{ readonly isNew: boolean }> {
  const facts = await stat(folder).catch(() => null);
  if (facts === null) return { isNew: true };
  if (!facts.isDirectory()) throw new DestinationWriteError(`“${folder}” is no folder.`);
  const files = namesOf(machine).map((name) => path.join(folder, name));
  if (await isOfDemo(folder, machine)) for (const file of files) await rm(file, { force: true });
  for (const file of files) if ((await lstat(file).catch(() => null)) !== null) throw new DestinationExistsError(file);
  return { isNew: false };
}

/** Whether the report in the folder is one of a demo. */
async function isOfDemo(folder: string, { name }: DemoMachine): Promise<boolean> {
  const text = await readFile(path.join(folder, demoReports.json), 'utf8').catch(() => '');
  try {
    const report: unknown = JSON.parse(text);
    return (
      typeof report === 'object' &&
      report !== null &&
      'reportVersion' in report &&
      'title' in report &&
      report.title === name
    );
  } catch {
    return false;
  }
}

/** Copies a file into the folder; it gets its name when it is whole. @returns its path */
export async function keepFile(from: string, folder: string, name: string): Promise<string> {
  return await place(folder, name, async (part) => await copyFile(from, part, constants.COPYFILE_FICLONE));
}

/** The same with a text. */
export async function keepText(text: string, folder: string, name: string): Promise<string> {
  return await place(folder, name, async (part) => await writeFile(part, text));
}

async function place(folder: string, name: string, write: (part: string) => Promise<void>): Promise<string> {
  const at = path.join(folder, name);
  const part = path.join(folder, reportPart(name));
  try {
    await write(part);
    await rename(part, at);
  } catch (error) {
    throw writeFailure(at, error);
  }
  return at;
}
