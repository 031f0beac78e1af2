/** Runs `guts convert` as an operator does, and holds all that it says and writes against what must be. */
import { mkdirSync, readdirSync } from 'node:fs';
import * as path from 'node:path';
import { expect } from 'vitest';
import { ConvertResult, type ConvertedDisk } from '../../main/shared/jobs.ts';
import { qemuImg, run } from '../support/disks.ts';
import { gutsOn } from '../support/guts.ts';
import type { Made } from './made.ts';

export const targets: readonly (readonly [name: string, ...flags: string[]])[] = [
  ['raw', '--to', 'raw'],
  ['qcow2', '--to', 'qcow2'],
  ['compressed qcow2', '--to', 'qcow2', '--compress'],
  ['vmdk', '--to', 'vmdk'],
];

export interface Info {
  readonly format: string;
  readonly sizeBytes: number;
}

export function infoOf(image: string, driver?: string): Info {
  const how = driver === undefined ? [] : ['-f', driver];
  const told = JSON.parse(qemuImg('info', '--output=json', ...how, image)) as {
    format: string;
    'virtual-size': number;
  }; // its documented shape
  return { format: told.format, sizeBytes: told['virtual-size'] };
}

/** The size that libvmdk or libvhdi sees, in bytes. */
export function toldBy(tool: 'vmdkinfo' | 'vhdiinfo', image: string): number {
  const [, bytes] = /Media size\s*:\s.*?(\d+) bytes/.exec(run(tool, image)) ?? [];
  return Number(bytes);
}

/**
 * Converts into a folder of its own and proves the outcome: exit code, one JSON document of the promised shape and
 * nothing else on standard output, each disk equal to its raw disk, qcow2 sound, nothing else left.
 */
export async function convertAndProve(
  node: string,
  made: Made,
  folder: string,
  flags: readonly string[],
): Promise<readonly ConvertedDisk[]> {
  const [out, state] = [path.join(folder, 'out'), path.join(folder, 'state')];
  mkdirSync(out, { recursive: true });
  const from = made.allowFrom === undefined ? [] : ['--allow-from', made.allowFrom];
  const done = await gutsOn(node, state, 'convert', made.input, out, ...flags, ...from, '--json');

  expect(done, done.stderr).toMatchObject({ code: 0 });
  const { disks } = ConvertResult.strict().parse(JSON.parse(done.stdout));
  expect(disks).toHaveLength(made.truths.length);
  for (const [i, truth] of made.truths.entries()) {
    const disk = disks[i];
    if (disk === undefined) throw new Error('no such disk');
    qemuImg('compare', '-f', 'raw', '-F', disk.format, truth, disk.output); // throws where they differ
    if (disk.format === 'qcow2') qemuImg('check', '-f', 'qcow2', disk.output);
    expect(infoOf(disk.output)).toEqual({ format: disk.format, sizeBytes: disk.source.virtualSizeBytes });
    if (disk.format === 'vmdk') expect(toldBy('vmdkinfo', disk.output)).toBe(disk.source.virtualSizeBytes);
  }
  expect(readdirSync(out).toSorted()).toEqual(disks.map((disk) => path.basename(disk.output)).toSorted());
  expect(readdirSync(path.join(state, 'jobs'))).toEqual([]);
  return disks;
}
