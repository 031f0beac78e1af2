/** Which of a machine's disks it boots from, how many it has, and how large an image or volume of a disk is. */
import type { InventoryDisk, InventoryVm } from '../inventory.ts';

const GiB = 2 ** 30;

/** The first in the firmware's order, else the first of all. */
export function bootDiskOf({ bootOrder, disks }: Pick<InventoryVm, 'bootOrder' | 'disks'>): InventoryDisk | undefined {
  const known = bootOrder.map((key) => disks.find((disk) => disk.key === key)).find((disk) => disk !== undefined);
  return known ?? disks[0];
}

/** How many disks these are: one may stand for several of which only the sum is told. */
export const diskCountOf = (disks: readonly Pick<InventoryDisk, 'standsFor'>[]): number =>
  disks.reduce((count, { standsFor = 1 }) => count + standsFor, 0);

/** Whole GiB, as clouds count. */
export const sizeGiBOf = ({ sizeBytes }: Pick<InventoryDisk, 'sizeBytes'>): number =>
  Math.max(1, Math.ceil(sizeBytes / GiB));
