/** Options that several commands share. */
import * as path from 'node:path';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { defaultLanes } from '../engine-thread.ts';
import { DiskFormat } from '../shared/disk.ts';
import type { InspectJob } from '../shared/jobs.ts';
import { repeated } from './repeated.ts';

export interface SourceFlags {
  readonly from?: DiskFormat;
  readonly allowFrom: readonly string[];
  readonly vm?: string;
}

/** The part of a job that says what to read. */
export function sourceOf(input: string, { from, allowFrom, vm }: SourceFlags): Omit<InspectJob, 'kind'> {
  return {
    input: path.resolve(input),
    from: from ?? null,
    allowFrom: allowFrom.map((folder) => path.resolve(folder)),
    ...(vm === undefined ? {} : { vm }),
  };
}

export function sourceOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--from <format>', 'take IN for a disk image of this format, whatever it looks like').choices(
        DiskFormat.options,
      ),
    )
    .option(
      '--allow-from <folder>',
      'also look here for extents and parents that IN names (may be repeated)',
      repeated,
      [],
    )
    .option('--vm <name>', 'which machine to take of an OVF package that holds several');
}

const MOST_LANES = 16;

export function lanesOption(): Option {
  return new Option('--lanes <n>', 'threads that unpack, hash and write')
    .argParser((text) => {
      const lanes = Number(text);
      if (!Number.isInteger(lanes) || lanes < 1 || lanes > MOST_LANES)
        throw new InvalidArgumentError(`Give a whole number from 1 to ${MOST_LANES}.`);
      return lanes;
    })
    .default(defaultLanes());
}
