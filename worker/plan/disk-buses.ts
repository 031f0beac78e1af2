/** Which bus each of a machine's disks gets in the cloud, so that it boots as it did and all of them have a place. */
import type { InventoryVm } from '../../main/shared/inventory.ts';
import type { PlannedDisk, Profile } from '../../main/shared/migration.ts';
import { bootDiskOf } from '../../main/shared/proposals/disks.ts';

/** IDE takes four devices, and a config drive is one of them, which some clouds give to every server. */
const IDE_PLACES = 3;

export interface DiskBuses {
  /** Of the image, and so of every disk that has none of its own. */
  readonly bus: 'virtio' | 'ide' | 'sata';
  /** By the disk’s key: for which IDE has no place left. */
  readonly own: ReadonlyMap<string, NonNullable<PlannedDisk['bus']>>;
}

/**
 * A guest that boots from IDE goes on doing so: whether its AHCI driver starts early enough to boot from SATA, nobody outside of the
 * disk can tell. It finds the disks that IDE has no place for on SATA once it runs; servers can have both on the older board.
 */
export function diskBusesOf(vm: Pick<InventoryVm, 'firmware' | 'bootOrder' | 'disks'>, profile: Profile): DiskBuses {
  const bootDisk = bootDiskOf(vm);
  if (profile === 'virtio') return { bus: 'virtio', own: new Map() };
  // The newer board, which UEFI needs, has no IDE.
  if (vm.firmware === 'uefi' || bootDisk?.controller.kind !== 'ide') return { bus: 'sata', own: new Map() };
  const others = vm.disks.filter((disk) => disk !== bootDisk);
  return { bus: 'ide', own: new Map(others.slice(IDE_PLACES - 1).map(({ key }) => [key, 'sata'] as const)) };
}
