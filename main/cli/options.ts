/** Options that several commands share. */
import { availableParallelism } from 'node:os';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { DiskFormat } from '../shared/disk.ts';

export interface SourceFlags {
  readonly from?: DiskFormat;
  readonly allowFrom: readonly string[];
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
      (folder, before: string[]) => [...before, folder],
      [],
    );
}

/** Lanes beyond this bring nothing on one disk: reading and writing are the limit then. */
const MOST_USEFUL_LANES = 4;
const MOST_LANES = 16;

export function lanesOption(): Option {
  return new Option('--lanes <n>', 'threads that unpack, hash and write')
    .argParser((text) => {
      const lanes = Number(text);
      if (!Number.isInteger(lanes) || lanes < 1 || lanes > MOST_LANES)
        throw new InvalidArgumentError(`Give a whole number from 1 to ${MOST_LANES}.`);
      return lanes;
    })
    .default(Math.min(MOST_USEFUL_LANES, Math.max(1, availableParallelism())));
}
