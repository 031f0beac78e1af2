/** Which ways of reading a machine's disks there are, which is best, and why another cannot be gone. */
import type { InventoryDisk, InventoryVm } from '../../../../main/shared/inventory.ts';
import type { MigrationOptions, Reading } from '../../../../main/shared/migration.ts';
import { isEncryptedForTpm } from '../../../../main/shared/proposals/encryption.ts';

export interface PossibleReading {
  readonly reading: Reading;
  /** Null where it can be. */
  readonly obstacle: string | null;
  readonly reason: string;
}

const reasons: Record<Exclude<Reading, 'file'>, string> = {
  lease:
    'The host compresses what it sends, and it stays compressed up to the cloud: half the bytes and half the work of other ways. A disk that is cut starts again.',
  areas: 'Change tracking knows what is allocated: nothing else is read, and after a cut it goes on at the byte.',
  ranges: 'The file on the datastore is read as it is, empty blocks too; after a cut it goes on at the byte.',
};

/**
 * All three ways, those that are possible first. Among them a lease before areas before ranges: what a lease gives is
 * sent on as it is, which takes half the bytes on both wires and half the processor time of sending blocks plain (see
 * docs/performance.md); areas carry nothing that is empty, and ranges every empty block.
 * @param datastoreKind as vSphere writes it (`VMFS`, `NFS`, `vsan`, `VVOL` …); null where not known
 */
export function readingsOf(
  vm: InventoryVm,
  options: MigrationOptions,
  datastoreKind: (ref: string) => string | null = () => null,
): readonly PossibleReading[] {
  const any = anyObstacle(vm, options);
  const file = any ?? first(vm.disks, (disk) => fileObstacle(disk, vm, datastoreKind));
  const all: readonly PossibleReading[] = [
    { reading: 'lease', obstacle: any ?? first(vm.disks, leaseObstacle), reason: reasons.lease },
    { reading: 'areas', obstacle: file ?? areasObstacle(vm), reason: reasons.areas },
    { reading: 'ranges', obstacle: file, reason: reasons.ranges },
  ];
  return [...all.filter(({ obstacle }) => obstacle === null), ...all.filter(({ obstacle }) => obstacle !== null)];
}

/** What is in the way of each of them. */
function anyObstacle(vm: InventoryVm, { whileRunning }: MigrationOptions): string | null {
  if (vm.connection !== 'connected') return `The machine is ${vm.connection}: its host cannot read its disks.`;
  if (isEncryptedForTpm(vm))
    return 'The machine’s home is encrypted for its TPM, and nobody has shown that its disks can be read then.';
  if (vm.isEncrypted || vm.disks.some(({ isEncrypted }) => isEncrypted)) {
    return 'The machine is encrypted: its files hold nothing that can be read elsewhere.';
  }
  if (vm.power === 'suspended') return 'The machine is suspended: its disks lack what its memory still holds.';
  if (vm.power !== 'on' || whileRunning === 'shutDown') return null;
  if (vm.passthrough.length > 0) return 'A running machine with passed-through devices cannot have a snapshot.';
  return first(vm.disks, ({ label, mode, isMultiWriter, controller, rawDevice }) => {
    if (mode.startsWith('independent')) return `Snapshots leave ${label} out: it is independent.`;
    if (isMultiWriter || controller.isShared) return `${label} is shared: a running machine cannot have a snapshot.`;
    return rawDevice === 'physical' ? `Snapshots leave ${label} out: it is a raw device.` : null;
  });
}

function leaseObstacle({ label, rawDevice }: InventoryDisk): string | null {
  return rawDevice === 'physical' ? `vSphere does not export ${label}: it is a raw device in physical mode.` : null;
}

function fileObstacle(
  disk: InventoryDisk,
  vm: InventoryVm,
  datastoreKind: (ref: string) => string | null,
): string | null {
  const { label } = disk;
  if (disk.rawDevice !== null || disk.file === null) return `${label} is no file on a datastore.`;
  const kind = (disk.datastore === null ? null : datastoreKind(disk.datastore))?.toLowerCase() ?? '';
  if (/^(vsan|vsand|vvol|pmem)$/.test(kind))
    return `${label} lies on ${kind === 'vvol' ? 'a vVol' : kind}: there is no file to read.`;
  if (disk.chainLength > 1 || vm.snapshots.length > 0) {
    return `${label} stands on snapshots: no file alone holds what it holds.`;
  }
  return vm.needsConsolidation ? 'The machine’s disks want to be consolidated first.' : null;
}

function areasObstacle(vm: InventoryVm): string | null {
  if (!vm.changeTracking) return 'Change tracking is off for this machine.';
  return first(vm.disks, ({ label, changeId }) =>
    changeId === null ? `Change tracking is not active for ${label}.` : null,
  );
}

function first(disks: readonly InventoryDisk[], find: (disk: InventoryDisk) => string | null): string | null {
  for (const disk of disks) {
    const obstacle = find(disk);
    if (obstacle !== null) return obstacle;
  }
  return null;
}
