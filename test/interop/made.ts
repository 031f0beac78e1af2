/** What the interop tests convert: an input that a producer made, and the raw disks that must come out of it. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { guts } from '../support/guts.ts';
import { GiB, KiB, makeRaw, MiB, qemuImg, run } from '../support/disks.ts';

export interface Made {
  /** What `guts convert` is given. */
  readonly input: string;
  /** The raw disks that it must equal, in the order of its disks. */
  readonly truths: readonly [string, ...string[]];
  readonly allowFrom?: string;
}

export type At = (name: string) => string;

export interface Producer {
  /** The program that wrote it. */
  readonly by: string;
  readonly what: string;
  /** Which raw disk it is made of; `plain` where nothing is said. */
  readonly of?: keyof typeof rawDisks;
  /** Why qemu-img cannot be asked about the input; it can where nothing is said. */
  readonly notForQemu?: string;
  /** The driver of QEMU that reads it, where QEMU does not find that out by itself. */
  readonly driver?: string;
  /** Who else must tell its size; nobody where nothing is said. */
  readonly asks?: 'vmdkinfo' | 'vhdiinfo';
  /** Its clusters are compressed with zstd, which Node has from 22.15 on. */
  readonly isZstd?: boolean;
  /** Its disk may be larger than the raw one, by zeros at the end. */
  readonly isRounded?: boolean;
  /** Makes it in a folder of its own. */
  make(at: At, raw: string): Promise<Made> | Made;
}

/** Data at both ends, across block borders, in single sectors, and long runs of zeros in between. */
const writes = [
  { offset: 0, length: 100 * KiB },
  { offset: 3 * MiB - 512, length: MiB + 1024 },
  { offset: 12 * MiB, length: 2 * MiB },
];

const rawDisks = {
  plain: 24 * MiB,
  /** Ends inside a block of every size that formats use. */
  odd: 24 * MiB - 5 * KiB,
  /** Beyond 2 GiB, where VMDKs are split, and 4 GiB, where a VHDX interleaves its tables. */
  wide: 5 * GiB,
} as const;

export const rawNames = Object.keys(rawDisks) as (keyof typeof rawDisks)[]; // Object.keys forgets which strings they are

/** Makes the raw disk that others are made of. */
export async function makeRawDisk(file: string, name: keyof typeof rawDisks): Promise<void> {
  const sizeBytes = rawDisks[name];
  const far = name === 'wide' ? [2 * GiB - KiB, 4 * GiB - KiB].map((offset) => ({ offset, length: 66 * KiB })) : [];
  await makeRaw(file, sizeBytes, [...writes, ...far, { offset: sizeBytes - 4 * KiB - 512, length: 4 * KiB + 512 }]);
}

/** qemu-img makes it of the raw disk, under the name `disk.ENDING`. */
export function qemu(
  format: string,
  options: string,
  more: Partial<Producer> & { readonly ending?: string } = {},
): Producer {
  const { ending = format, ...rest } = more;
  return {
    by: 'qemu-img',
    what: `${format}${options === '' ? '' : `, ${options}`}`,
    make: (at, raw) => {
      convert(raw, at(`disk.${ending}`), format, ...(options === '' ? [] : ['-o', options]));
      return { input: at(`disk.${ending}`), truths: [raw] };
    },
    ...rest,
  };
}

export const convert = (raw: string, to: string, format: string, ...flags: string[]): string =>
  qemuImg('convert', '-f', 'raw', '-O', format, ...flags, raw, to);

export const vmdkstream = (raw: string, to: string): string =>
  run(
    '/usr/bin/python3',
    '-c',
    'import sys, VMDKstream; VMDKstream.convert_to_stream(sys.argv[1], sys.argv[2])',
    raw,
    to,
  );

/** A copy that keeps holes. */
export function copied(from: string, to: string): string {
  run('cp', '--sparse=always', from, to);
  return to;
}

/** A copy of a raw disk with other bytes in places, as a child of it must read. */
export function changedCopy(raw: string, to: string, changes: readonly (readonly [number, Uint8Array])[]): string {
  copied(raw, to);
  const file = openSync(to, 'r+');
  for (const [offset, bytes] of changes) writeSync(file, bytes, 0, bytes.byteLength, offset);
  closeSync(file);
  return to;
}

/** Guts itself, as the second producer of what it writes. */
export function byGuts(ending: string, more: Partial<Producer>, ...flags: string[]): Producer {
  return {
    by: 'guts',
    what: flags.join(' '),
    make: async (at, raw) => {
      const made = await guts(at('state'), 'convert', raw, at(`disk.${ending}`), ...flags);
      if (made.code !== 0) throw new Error(made.stderr);
      return { input: at(`disk.${ending}`), truths: [raw] };
    },
    ...more,
  };
}
