/** The demo's folder: which files it will hold, and whether they may be put there. */
import { lstat, readFile, rm, stat } from 'node:fs/promises';
import * as path from 'node:path';
import { demoReports, reportPart } from '../../main/shared/demo.ts';
import { DestinationExistsError, DestinationWriteError } from '../engine/errors.ts';
import type { DemoMachine } from './machine.ts';
import { packNames } from './pack.ts';
import { domainName, domainPartName } from './place.ts';

/** What a finished demo leaves beside its package. */
export function finalNames(machine: DemoMachine): string[] {
  const { vm, disks } = machine;
  const images = disks.map((_, index) => `${vm.name}-disk${index + 1}.qcow2`);
  return [...images, domainName(vm.name), demoReports.html, demoReports.json];
}

/** Every name that a demo may leave in its folder, finished or not; part files of the disks are the conversion's own affair. */
export function namesOf(machine: DemoMachine): string[] {
  const reports = Object.values(demoReports).map(reportPart);
  return [...packNames(machine), domainPartName(machine.vm.name), ...reports, ...finalNames(machine)];
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
async function isOfDemo(folder: string, machine: DemoMachine): Promise<boolean> {
  const text = await readFile(path.join(folder, demoReports.json), 'utf8').catch(() => '');
  try {
    const report: unknown = JSON.parse(text);
    return (
      typeof report === 'object' &&
      report !== null &&
      'reportVersion' in report &&
      'title' in report &&
      report.title === machine.vm.name
    );
  } catch {
    return false;
  }
}
