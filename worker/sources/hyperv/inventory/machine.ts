/** A machine of Hyper-V in the words that all sources share. */
import { isIPv4, isIPv6 } from 'node:net';
import type { InventoryDisk, InventoryNic, InventorySnapshot, InventoryVm } from '../../../../main/shared/inventory.ts';
import { memoryThatCounts } from '../../../../main/shared/proposals/dynamic-memory.ts';
import type { CardAnswer, DiskAnswer, MachineAnswer, PluggedAnswer, Trouble } from '../answers.ts';
import { guestSystemOf, toolsOf } from './guest.ts';
import { settingsOf } from './card-settings.ts';
import { networkFrom, networkRefOf } from './networks.ts';
import { traitsOf } from './traits.ts';

export interface Surroundings {
  /** Of the host that runs it. */
  readonly host: string;
  readonly cluster: string | null;
}

export function machineOf(machine: MachineAnswer, { host, cluster }: Surroundings): InventoryVm {
  const { memory } = machine;
  const system = guestSystemOf(machine.words);
  const disks = machine.disks.map((disk) => diskOf(disk, machine));
  const isReplicated = machine.replicationMode !== '' && machine.replicationMode !== 'None';
  return {
    ref: machine.id,
    name: machine.name,
    folder: '',
    datacenter: null,
    cluster: machine.clustered ? cluster : null,
    host,
    pool: null,
    isTemplate: false,
    power: powerOf(machine.state),
    connection: 'connected',
    biosUuid: null,
    instanceUuid: machine.id,
    cpus: machine.cpus,
    coresPerSocket: null,
    memoryBytes: memoryThatCounts({ ...memory, isDynamic: memory.dynamic }),
    firmware: machine.generation === 2 ? 'uefi' : 'bios',
    secureBoot: machine.secureBoot,
    hasTpm: machine.tpm,
    isEncrypted: false,
    hardwareVersion: Math.trunc(Number(machine.version)) || null,
    guestOsId: system.id,
    guestOsName: system.name,
    guest: {
      tools: toolsOf(machine),
      isToolsOld: false,
      hostName: machine.words?.['FullyQualifiedDomainName'] ?? null,
      dnsServers: [...new Set(machine.cards.flatMap(({ guest }) => guest?.dns ?? []))],
      disks: [],
    },
    disks,
    nics: labelled(machine.cards.map(cardOf)),
    bootOrder: bootOrderOf(machine),
    snapshots: snapshotsOf(machine),
    needsConsolidation: machine.checkpoints.length === 0 && machine.disks.some(({ path }) => /\.avhdx?$/i.test(path)),
    changeTracking: machine.referencePoints.length > 0,
    passthrough: [...machine.devices],
    annotation: machine.notes,
    tags: [],
    hyperv: {
      generation: machine.generation,
      version: machine.version,
      isShielded: machine.shielded,
      replication: isReplicated ? machine.replicationMode : null,
      isClustered: machine.clustered,
      dynamicMemory: memory.dynamic
        ? { startup: memory.startup, minimum: memory.minimum, maximum: memory.maximum }
        : null,
      secureBootTemplate: machine.secureBoot && machine.secureBootTemplate !== '' ? machine.secureBootTemplate : null,
      hasRecoveryCheckpoint: machine.checkpoints.some(({ type }) => /^recovery$/i.test(type)),
      checkpointType: machine.checkpointType,
    },
    traits: traitsOf(machine),
  };
}

/** `SCSI:0:1`: a disk by where it is plugged in, which a checkpoint does not change. */
export const keyOf = ({
  controller,
  number,
  location,
}: Pick<PluggedAnswer, 'controller' | 'number' | 'location'>): string => `${controller}:${number}:${location}`;

/** As operators read it. */
export const labelOf = ({ controller, number, location }: Parameters<typeof keyOf>[0]): string =>
  `${controller} ${number}:${location}`;

function powerOf(state: string): InventoryVm['power'] {
  if (state === 'Running') return 'on';
  if (state === 'Off') return 'off';
  return /^(?:FastSaved|Saved|Paused)/.test(state) ? 'suspended' : 'unknown';
}

function diskOf(disk: DiskAnswer, { referencePoints }: MachineAnswer): InventoryDisk {
  const [top] = disk.files;
  const isSet = /\.a?vhds$/i.test(disk.path);
  const isShared = disk.shared || isSet;
  const at = top === undefined ? null : placeIn(referencePoints, top.id);
  const problem = disk.diskNumber === null && !isSet ? problemOf(disk) : null;
  return {
    key: keyOf(disk),
    label: labelOf(disk),
    sizeBytes: top?.size ?? 0,
    controller: {
      kind: disk.controller === 'IDE' ? 'ide' : 'scsi',
      model: disk.controller === 'IDE' ? 'ide' : null,
      bus: disk.number,
      unit: disk.location,
      isShared,
    },
    file: disk.diskNumber === null ? disk.path : null,
    datastore: disk.diskNumber === null ? rootOf(disk.path) : null,
    mode: 'persistent',
    isThin: top === undefined ? null : disk.files.some(({ type }) => type !== 'Fixed'),
    isMultiWriter: isShared,
    rawDevice: disk.diskNumber === null ? null : 'physical',
    isEncrypted: false,
    changeId: at,
    uuid: top?.id || null,
    chainLength: Math.max(1, disk.files.length),
    storedBytes: top === undefined ? null : disk.files.reduce((sum, { fileSize }) => sum + fileSize, 0),
    ...(top === undefined || top.sector === 512 ? {} : { sectorBytes: top.sector }),
    ...(problem === null ? {} : { problem }),
  };
}

/** The newest marker of change tracking (RCT) for a disk; null where there is none. */
function placeIn(points: MachineAnswer['referencePoints'], diskId: string): string | null {
  for (const { disks, changes } of points.toReversed()) {
    const at = disks.findIndex((id) => id.toUpperCase() === diskId.toUpperCase());
    if (at !== -1) return changes[at] ?? null;
  }
  return null;
}

/** A parent that cannot be opened is another thing than the disk itself. */
function problemOf({ controller, files, trouble }: DiskAnswer): string | null {
  if (controller === 'PMEM') return 'is persistent memory, which servers in the cloud do not have';
  return trouble === null ? null : troubleText(files, trouble);
}

const troubleText = (files: DiskAnswer['files'], { message }: Trouble): string =>
  `${files.length === 0 ? '' : `a parent of “${files[0]?.path ?? ''}” cannot be opened: `}${message.replaceAll(/\s+/g, ' ').trim()}`;

/** `D:\`, or a volume of the cluster: what is full or slow as a whole. */
export const rootOf = (path: string): string | null =>
  /^(?:[A-Za-z]:\\ClusterStorage\\[^\\]+|[A-Za-z]:\\|\\\\[^\\]+\\[^\\]+)/.exec(path)?.[0] ?? null;

function cardOf(card: CardAnswer): InventoryNic {
  const network = networkRefOf(card);
  const told = card.guest?.addresses ?? [];
  const addresses =
    told.length > 0
      ? told.map((address, i) => ({ address, prefixLength: prefixOf(card.guest?.subnets[i] ?? '') }))
      : card.addresses.map((address) => ({ address, prefixLength: null }));
  return {
    key: card.id,
    label: card.name,
    model: card.legacy ? 'legacy' : 'synthetic',
    mac: macOf(card.mac),
    network,
    networkName: network === null ? null : networkFrom(network).name,
    connected: card.connected,
    ipAddresses: addresses.filter(({ address }) => isIPv4(address) || isIPv6(address)),
    ...settingsOf(card),
    ...(card.guest === null || card.guest === undefined ? {} : { usesDhcp: card.guest.dhcp }),
  };
}

/** Hyper-V calls every card “Network Adapter” where nobody renames it. */
function labelled(cards: readonly InventoryNic[]): InventoryNic[] {
  const counts = new Map<string, number>();
  return cards.map((card) => {
    const count = (counts.get(card.label) ?? 0) + 1;
    counts.set(card.label, count);
    return count === 1 ? card : { ...card, label: `${card.label} ${count}` };
  });
}

/** Null for zeros: Hyper-V gives a dynamic one at the first start. */
function macOf(text: string): string | null {
  if (!/^[0-9A-Fa-f]{12}$/.test(text) || /^0+$/.test(text)) return null;
  return (text.toLowerCase().match(/../g) ?? []).join(':');
}

/** @param subnet a mask, as `255.255.255.0`, or `/64` */
function prefixOf(subnet: string): number | null {
  const plain = /^\/(\d{1,3})$/.exec(subnet)?.[1];
  if (plain !== undefined) return Number(plain) <= 128 ? Number(plain) : null;
  if (!isIPv4(subnet)) return null;
  const bits = subnet
    .split('.')
    .map((part) => Number(part).toString(2).padStart(8, '0'))
    .join('');
  return /^1*0*$/.test(bits) ? bits.replaceAll('0', '').length : null;
}

/** Of generation 1, which has no order of disks: IDE goes before SCSI, which its BIOS cannot start from. */
function bootOrderOf({ generation, bootOrder, disks }: MachineAnswer): string[] {
  if (generation === 2) return [...bootOrder];
  return disks
    .filter(({ controller }) => controller === 'IDE')
    .toSorted((a, b) => a.number - b.number || a.location - b.location)
    .map(keyOf);
}

function snapshotsOf({ checkpoints }: MachineAnswer): InventorySnapshot[] {
  const parents = new Map(checkpoints.map(({ id, parent }) => [id, parent]));
  const depthOf = (id: string): number => {
    let depth = 0;
    for (let at = parents.get(id) ?? ''; at !== '' && depth < checkpoints.length; at = parents.get(at) ?? '') depth++;
    return depth;
  };
  return checkpoints.map(({ id, name, created }) => ({ ref: id, name, createdAt: created, depth: depthOf(id) }));
}
