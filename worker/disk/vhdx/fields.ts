/** How VHDX writes numbers and GUIDs ([MS-VHDX] 2.1: little endian), and the checks of alignment that all its parts share. */
import { crc32c } from '../crc32c.ts';

export const KiB = 1024;
export const MiB = 1024 * KiB;
export const TiB = 1024 * 1024 * MiB;

/** The log is made of sectors of this size, whatever the disk's sectors are. */
export const LOG_SECTOR = 4 * KiB;

/** Twice the largest disk: room for tables and for the space that a shrunk disk leaves unused. */
export const MOST_FILE_BYTES = 128 * TiB;

/** An unsigned 64-bit number; beyond 2^53 it is rounded, and still far above every limit that it is compared with. */
export function u64(bytes: Buffer, at: number): number {
  return Number(bytes.readBigUInt64LE(at));
}

/** The GUID at `at` as `2dc27766-f623-4200-9d64-115e9bfd4a08`: lower case, no braces. */
export function guid(bytes: Buffer, at: number): string {
  const hex = (from: number, to: number): string => bytes.toString('hex', at + from, at + to);
  const swapped = (from: number, to: number): string =>
    Buffer.from(bytes.subarray(at + from, at + to))
      .reverse()
      .toString('hex');
  return [swapped(0, 4), swapped(4, 6), swapped(6, 8), hex(8, 10), hex(10, 16)].join('-');
}

export const NO_GUID = '00000000-0000-0000-0000-000000000000';

const FOUR_ZEROS = new Uint8Array(4);

/** Whether the CRC-32C at byte 4 of `bytes` is the one of `bytes` with that field zero. */
export function isSealed(bytes: Buffer): boolean {
  const sum = crc32c(bytes.subarray(8), crc32c(FOUR_ZEROS, crc32c(bytes.subarray(0, 4))));
  return sum === bytes.readUInt32LE(4);
}

/** A part of the file, in bytes. */
export interface Region {
  readonly offset: number;
  readonly length: number;
}

/** Whether a part can be there: in whole MiB, behind the first one, not empty. */
export function isPart({ offset, length }: Region): boolean {
  return offset >= MiB && offset % MiB === 0 && length > 0 && length % MiB === 0;
}
