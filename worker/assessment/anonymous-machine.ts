/** A machine without its names: what somebody wrote is replaced, and what is judged stays. Each of its fields is named here. */
import type {
  HypervFacts,
  InventoryDisk,
  InventoryNic,
  InventorySnapshot,
  InventoryVm,
  MachineTraits,
} from '../../main/shared/inventory.ts';
import { FAULT_TOLERANT } from '../preflight/fault-tolerance.ts';
import { nameOf } from './anonymous-hints.ts';
import type { EachNamed } from './each-named.ts';
import { numbered, type Pseudonyms } from './pseudonyms.ts';

type DeviceNow = (device: string) => string;

/** Without what its names hinted at, which is put over it afterwards. */
export function machineWithout(vm: InventoryVm, names: Pseudonyms): InventoryVm {
  const name = nameOf(vm, names);
  const deviceNow = (device: string): string => `device ${vm.passthrough.indexOf(device) + 1}`;
  return {
    ref: names.of('vm-ref', vm.ref),
    name,
    folder: '',
    datacenter: names.orNull('datacenter', vm.datacenter),
    cluster: names.orNull('cluster', vm.cluster),
    host: names.orNull('host-ref', vm.host),
    pool: names.orNull('pool', vm.pool),
    isTemplate: vm.isTemplate,
    power: vm.power,
    connection: vm.connection,
    biosUuid: names.uuid(vm.biosUuid),
    instanceUuid: names.uuid(vm.instanceUuid),
    cpus: vm.cpus,
    coresPerSocket: vm.coresPerSocket,
    memoryBytes: vm.memoryBytes,
    firmware: vm.firmware,
    secureBoot: vm.secureBoot,
    hasTpm: vm.hasTpm,
    isEncrypted: vm.isEncrypted,
    hardwareVersion: vm.hardwareVersion,
    guestOsId: vm.guestOsId,
    guestOsName: vm.guestOsName,
    guest: guestOf(vm.guest, name, names),
    disks: vm.disks.map((disk, at) => diskOf(disk, at, name, names)),
    nics: vm.nics.map((nic, at) => nicOf(nic, at, names)),
    bootOrder: vm.bootOrder.map((key) => names.of('disk', key)),
    snapshots: vm.snapshots.map(snapshotOf),
    needsConsolidation: vm.needsConsolidation,
    changeTracking: vm.changeTracking,
    passthrough: vm.passthrough.map(deviceNow),
    annotation: '',
    tags: [],
    tagsUntold: 'they were left out with the names',
    hyperv: vm.hyperv && hypervOf(vm.hyperv),
    traits: vm.traits && traitsOf(vm.traits, names, deviceNow),
  } satisfies EachNamed<InventoryVm>;
}

type Guest = InventoryVm['guest'];

const guestOf = (guest: Guest, machineName: string, names: Pseudonyms): Guest =>
  ({
    tools: guest.tools,
    isToolsOld: guest.isToolsOld,
    hostName: guest.hostName === null ? null : machineName,
    dnsServers: guest.dnsServers.map((address) => names.address(address)),
    disks: guest.disks.map(
      (one) =>
        ({
          path: mountPoint(one.path, names),
          capacityBytes: one.capacityBytes,
          freeBytes: one.freeBytes,
          diskKeys: one.diskKeys.map((key) => names.of('disk', key)),
        }) satisfies EachNamed<Guest['disks'][number]>,
    ),
    ownCards: guest.ownCards?.map((card) => ({
      mac: names.mac(card.mac),
      addresses: card.addresses.map((address) => names.address(address)),
    })),
  }) satisfies EachNamed<Guest>;

/** Where a machine is tuned, what it is tuned to is no secret; texts that quote names are. */
const traitsOf = (traits: MachineTraits, names: Pseudonyms, deviceNow: DeviceNow): MachineTraits =>
  ({
    question: traits.question === undefined ? undefined : 'a question',
    tasks: traits.tasks && numbered('task', traits.tasks),
    media: traits.media && numbered('medium', traits.media),
    ports: traits.ports && numbered('port', traits.ports),
    oddDevices: traits.oddDevices && numbered('device', traits.oddDevices),
    hotAdd: traits.hotAdd,
    isNesting: traits.isNesting,
    hasVbs: traits.hasVbs,
    showsDiskIds: traits.showsDiskIds,
    tuning: traits.tuning && numbered('setting', traits.tuning),
    availability: traits.availability?.map(keptUpBy),
    graphics: traits.graphics?.map(deviceNow),
    usb: traits.usb?.map(deviceNow),
    product: undefined,
    isPlaceholder: traits.isPlaceholder,
    takesHostTime: traits.takesHostTime,
    gateways: traits.gateways?.map((address) => names.address(address)),
    mtu: traits.mtu,
  }) satisfies EachNamed<MachineTraits>;

/** What rules go by stays. */
const keptUpBy = (words: string, at: number): string =>
  FAULT_TOLERANT.test(words) ? 'fault tolerance' : `rule ${at + 1}`;

/** In Hyper-V’s own words, all of them. */
const hypervOf = (facts: HypervFacts): HypervFacts =>
  ({
    generation: facts.generation,
    version: facts.version,
    isShielded: facts.isShielded,
    replication: facts.replication,
    isClustered: facts.isClustered,
    dynamicMemory: facts.dynamicMemory,
    secureBootTemplate: facts.secureBootTemplate,
    hasRecoveryCheckpoint: facts.hasRecoveryCheckpoint,
    checkpointType: facts.checkpointType,
  }) satisfies EachNamed<HypervFacts>;

const diskOf = (disk: InventoryDisk, at: number, machineName: string, names: Pseudonyms): InventoryDisk =>
  ({
    key: names.of('disk', disk.key),
    label: `Hard disk ${at + 1}`,
    sizeBytes: disk.sizeBytes,
    controller: {
      kind: disk.controller.kind,
      model: disk.controller.model,
      bus: disk.controller.bus,
      unit: disk.controller.unit,
      isShared: disk.controller.isShared,
    } satisfies EachNamed<InventoryDisk['controller']>,
    file: disk.file === null ? null : `${machineName}/disk-${at + 1}`,
    datastore: names.orNull('datastore-ref', disk.datastore),
    mode: disk.mode,
    isThin: disk.isThin,
    isMultiWriter: disk.isMultiWriter,
    rawDevice: disk.rawDevice,
    isEncrypted: disk.isEncrypted,
    changeId: disk.changeId === null ? null : 'changes',
    uuid: names.uuid(disk.uuid),
    chainLength: disk.chainLength,
    storedBytes: disk.storedBytes,
    sectorBytes: disk.sectorBytes,
    standsFor: disk.standsFor,
    problem: disk.problem === undefined ? undefined : 'its files cannot be read as they are',
  }) satisfies EachNamed<InventoryDisk>;

/** Hyper-V’s key of a card has the machine’s id in it. */
const nicOf = (nic: InventoryNic, at: number, names: Pseudonyms): InventoryNic =>
  ({
    key: `card-${at + 1}`,
    label: `Network adapter ${at + 1}`,
    model: nic.model,
    mac: names.mac(nic.mac),
    network: names.orNull('network-ref', nic.network),
    networkName: names.orNull('network', nic.networkName),
    connected: nic.connected,
    ipAddresses: nic.ipAddresses.map(({ address, prefixLength }) => ({
      address: names.address(address),
      prefixLength,
    })),
    usesDhcp: nic.usesDhcp,
    policies: nic.policies && numbered('policy', nic.policies),
    allows: nic.allows,
    trunk: nic.trunk,
  }) satisfies EachNamed<InventoryNic>;

const snapshotOf = ({ createdAt, depth }: InventorySnapshot, at: number): InventorySnapshot =>
  ({
    ref: `snapshot-${at + 1}`,
    name: `snapshot ${at + 1}`,
    createdAt,
    depth,
  }) satisfies EachNamed<InventorySnapshot>;

/** Drives and the folders that every system has tell nothing. */
const mountPoint = (path: string, names: Pseudonyms): string =>
  /^([a-z]:\\?|\/|\/(boot|boot\/efi|home|opt|srv|tmp|usr|var|var\/log|var\/tmp))$/i.test(path)
    ? path
    : `/${names.of('mount', path)}`;
