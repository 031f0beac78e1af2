/** Guesses how many bytes of a disk hold data, from what is known before any of them is read. */
import type { InventoryDisk, InventoryVm } from '../../../../main/shared/inventory.ts';

/**
 * The least of what a thin disk takes on its datastore, what change tracking calls allocated, and what the guest says
 * that it uses; null where nobody says anything. Only speed depends on it.
 * @param allocatedBytes null where change tracking does not tell
 */
export function likelyDataBytes(vm: InventoryVm, disk: InventoryDisk, allocatedBytes: number | null): number | null {
  const stored = disk.isThin === true ? disk.storedBytes : null;
  const guesses = [stored, allocatedBytes, usedBytes(vm, disk)].filter((bytes) => bytes !== null);
  return guesses.length === 0 ? null : Math.min(disk.sizeBytes, ...guesses);
}

/** What change tracking calls allocated, else what a thin disk takes on its datastore; null where neither tells. */
export function mostDataBytes(
  { isThin, storedBytes, sizeBytes }: InventoryDisk,
  allocatedBytes: number | null,
): number | null {
  const counted = allocatedBytes ?? (isThin === true ? storedBytes : null);
  return counted === null ? null : Math.min(sizeBytes, counted);
}

/** What the guest's file systems on the disk use; where it is not said which are on it, its share of those. */
function usedBytes({ guest, disks }: InventoryVm, disk: InventoryDisk): number | null {
  const sum = (some: InventoryVm['guest']['disks']): number =>
    some.reduce((total, { capacityBytes, freeBytes }) => total + Math.max(0, capacityBytes - freeBytes), 0);
  const own = guest.disks.filter(({ diskKeys }) => diskKeys.includes(disk.key));
  if (own.length > 0) return sum(own);
  const anywhere = guest.disks.filter(({ diskKeys }) => diskKeys.length === 0);
  if (anywhere.length === 0) return null;
  const total = disks.reduce((bytes, { sizeBytes }) => bytes + sizeBytes, 0);
  return total === 0 ? null : Math.round((sum(anywhere) * disk.sizeBytes) / total);
}
