/** The last look at the machines of an export, when all tabs are read: what is derived, made up, and pointed to. */
import type { InventoryDisk, InventoryVm } from '../../../../main/shared/inventory.ts';
import type { Warnings } from '../warnings.ts';
import type { Machine, Machines } from './machines.ts';
import type { Networks } from './networks.ts';
import type { Places } from './places.ts';

/** How the keys of disks and cards begin of which no tab of their own tells. */
export const OF_INFO = 'vInfo-';
const SNAPSHOT_FILE = /-\d{6}\.vmdk$/i;

export function completeMachines(
  machines: Machines,
  { networks, places, warnings }: { networks: Networks; places: Places; warnings: Warnings },
): void {
  const isOfSeveral = machines.servers.length > 1;
  const refs = new Map<string, number>();
  for (const machine of machines.all) {
    const { vm, server } = machine;
    if (isOfSeveral && server !== null) vm.ref = `${vm.ref}@${server}`;
    const before = refs.get(vm.ref) ?? 0;
    refs.set(vm.ref, before + 1);
    if (before > 0) {
      const id = machine.id ?? vm.instanceUuid;
      if (id === null)
        warnings.add(
          'vInfo: machines of one name',
          `vInfo: several machines are called “${vm.name}”, and no id tells them apart; give files with the column “VM ID” to be sure which is which.`,
        );
      else
        warnings.add(
          'vInfo: machines of one id',
          `vInfo: “${vm.name}” has the id ${id} of another machine, and nothing says of which vCenter they are; give files with the column “VI SDK Server” to be sure which is which.`,
        );
      vm.ref = `${vm.ref}#${before + 1}`;
    }
    if (machine.hostName !== null) vm.host = places.hostRef(server, machine.hostName);
    if (vm.disks.length === 0 && machine.diskCount !== 0) addWholeDisk(machine);
    if (vm.nics.length === 0) addNicsOfInfo(machine, networks);
    addPrimaryAddress(machine);
    for (const disk of vm.disks) {
      if (disk.datastore !== null) disk.datastore = places.datastoreRef(server, disk.datastore);
      if (SNAPSHOT_FILE.test(disk.file ?? '')) disk.chainLength = 1 + Math.max(1, vm.snapshots.length);
    }
    estimateStored(machine);
    settleSnapshots(vm);
  }
}

/** All disks as one, where only their number and their sum are known. */
function addWholeDisk({ vm, capacityBytes, diskCount }: Machine): void {
  if (capacityBytes === null || capacityBytes === 0) return;
  vm.disks.push({
    key: `${OF_INFO}disks`,
    label: 'All disks together',
    sizeBytes: capacityBytes,
    controller: { kind: 'scsi', model: null, bus: 0, unit: 0, isShared: false },
    file: null,
    datastore: null,
    mode: 'persistent',
    isThin: null,
    isMultiWriter: false,
    rawDevice: null,
    isEncrypted: false,
    changeId: null,
    uuid: null,
    chainLength: 1,
    storedBytes: null,
    ...(diskCount === null || diskCount < 2 ? {} : { standsFor: diskCount }),
  });
}

/** A machine of vSphere has no more. */
const MOST_NICS = 10;

/** vInfo counts a machine's cards and names networks, of which several cards may be on one: which are is not told. */
function addNicsOfInfo(machine: Machine, networks: Networks): void {
  const { networkNames, nicCount } = machine;
  const count = Math.max(networkNames.length, Math.min(nicCount ?? 0, MOST_NICS));
  machine.vm.nics = Array.from({ length: count }, (_, index) => {
    const name = networkNames[index] ?? null;
    return {
      key: `${OF_INFO}nic-${index + 1}`,
      label: `Network adapter ${index + 1}`,
      model: 'unknown',
      mac: null,
      network: name === null ? null : networks.refOf({ name, switchName: null, machine }),
      networkName: name,
      connected: true,
      ipAddresses: [],
    };
  });
}

/** Only where it is plain which card has it. */
function addPrimaryAddress({ vm, primaryIp }: Machine): void {
  const [nic, ...others] = vm.nics;
  if (primaryIp === null || nic === undefined || others.length > 0 || nic.ipAddresses.length > 0) return;
  if (/^[\d.]{7,15}$|^[\da-f:]{3,39}$/i.test(primaryIp))
    nic.ipAddresses.push({ address: primaryIp, prefixLength: null });
}

/**
 * What a machine takes in all is told; what each of its disks takes is not. A thick disk takes its size, and thin ones
 * share what is left, by their sizes.
 */
function estimateStored({ vm, inUseBytes }: Machine): void {
  if (inUseBytes === null) return;
  const isShared = (disk: InventoryDisk): boolean => disk.isThin !== false && disk.rawDevice === null;
  const thick = vm.disks.filter((disk) => !isShared(disk));
  const thin = vm.disks.filter(isShared);
  const sum = (disks: readonly InventoryDisk[]): number => disks.reduce((bytes, { sizeBytes }) => bytes + sizeBytes, 0);
  const left = Math.max(0, inUseBytes - sum(thick.filter(({ rawDevice }) => rawDevice === null)));
  const all = sum(thin);
  for (const disk of thick) if (disk.rawDevice === null) disk.storedBytes = disk.sizeBytes;
  for (const disk of thin)
    disk.storedBytes = all === 0 ? 0 : Math.min(disk.sizeBytes, Math.round((left * disk.sizeBytes) / all));
}

function settleSnapshots(vm: InventoryVm): void {
  vm.snapshots.sort((a, b) => a.createdAt.localeCompare(b.createdAt));
  for (const [depth, snapshot] of vm.snapshots.entries()) {
    snapshot.depth = depth;
    snapshot.ref = `${vm.ref}/snapshot-${depth + 1}`;
  }
}
