/** How much space the disks of the local route take at the destination. */
import { bytesText } from '../../../main/shared/figures.ts';
import type { DiskFact, LocalRouteFacts } from '../facts.ts';
import { opened } from './disks.ts';

/** Tables of a qcow2 file: an entry of 8 bytes for 64 KiB, counts, and rounding. */
const TABLE_SHARE = 1 / 4096;
const TABLE_BYTES = 1024 * 1024;

export function shortOf({ destination }: LocalRouteFacts, needed: number): string[] {
  const { folder, freeBytes } = destination;
  if (freeBytes === null || freeBytes >= needed) return [];
  return [`${folder}: ${bytesText(freeBytes)} free, ${bytesText(needed)} needed`];
}

/** What will be written at the least: compression or zeros may save a lot, but not below what the source's file takes. */
export function leastBytes(disks: readonly DiskFact[]): number {
  return opened(disks).reduce(
    (sum, { image, storedBytes }) => sum + Math.min(image.allocatedBytes ?? Infinity, storedBytes ?? 0),
    0,
  );
}

/** What will be written at the most, with the tables of the new format. */
export function mostBytes(disks: readonly DiskFact[]): number {
  const most = (image: { allocatedBytes: number | null; virtualSizeBytes: number }): number =>
    (image.allocatedBytes ?? image.virtualSizeBytes) + Math.ceil(image.virtualSizeBytes * TABLE_SHARE) + TABLE_BYTES;
  return opened(disks).reduce((sum, { image }) => sum + most(image), 0);
}
