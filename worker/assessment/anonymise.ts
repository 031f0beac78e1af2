/**
 * An estate without names: machines, hosts, networks, folders, addresses, MACs and notes are replaced, the same by the same
 * everywhere. What is judged stays: sizes, guests, devices, power, how deep snapshots are, what belongs together.
 */
import { things } from '../../main/shared/figures.ts';
import type { Estate, EstateGap } from '../../main/shared/estate.ts';
import type { InventoryDisk, InventoryNic, InventoryVm, MachineTraits } from '../../main/shared/inventory.ts';
import { FAULT_TOLERANT } from '../preflight/fault-tolerance.ts';
import { nameOf, withHints } from './anonymous-hints.ts';
import { Pseudonyms } from './pseudonyms.ts';

export function anonymised(estate: Estate): Estate {
  const names = new Pseudonyms();
  return {
    ...estate,
    from: estate.from.map((_, at) => `export ${at + 1}`),
    hosts: estate.hosts.map((host) => ({
      ...host,
      ref: names.of('host-ref', host.ref),
      name: names.of('host', host.name),
      cluster: names.orNull('cluster', host.cluster),
    })),
    networks: estate.networks.map((network) => ({
      ...network,
      ref: names.of('network-ref', network.ref),
      name: names.of('network', network.name),
      datacenter: names.orNull('datacenter', network.datacenter),
    })),
    datastores: estate.datastores.map((datastore) => ({
      ...datastore,
      ref: names.of('datastore-ref', datastore.ref),
      name: names.of('datastore', datastore.name),
      datacenter: names.orNull('datacenter', datastore.datacenter),
    })),
    vms: estate.vms.map((vm) => withHints(vm, machine(vm, names), names)),
    gaps: estate.gaps.map((gap) => gapWithout(gap, names)),
    // They quote cells.
    warnings:
      estate.warnings.length === 0
        ? []
        : [`${things(estate.warnings.length, 'row or cell', 'rows or cells')} could not be understood.`],
  };
}

function machine(vm: InventoryVm, names: Pseudonyms): InventoryVm {
  const name = nameOf(vm, names);
  const deviceNow = (device: string): string => `device ${vm.passthrough.indexOf(device) + 1}`;
  return {
    ...vm,
    ref: names.of('vm-ref', vm.ref),
    name,
    datacenter: names.orNull('datacenter', vm.datacenter),
    cluster: names.orNull('cluster', vm.cluster),
    host: names.orNull('host-ref', vm.host),
    pool: names.orNull('pool', vm.pool),
    biosUuid: names.uuid(vm.biosUuid),
    instanceUuid: names.uuid(vm.instanceUuid),
    guest: {
      ...vm.guest,
      hostName: vm.guest.hostName === null ? null : name,
      dnsServers: vm.guest.dnsServers.map((address) => names.address(address)),
      disks: vm.guest.disks.map((one) => ({ ...one, path: mountPoint(one.path, names) })),
    },
    disks: vm.disks.map((disk, at) => diskOf(disk, at, name, names)),
    nics: vm.nics.map((nic, at) => nicOf(nic, at, names)),
    snapshots: vm.snapshots.map((snapshot, at) => ({
      ...snapshot,
      ref: `snapshot-${at + 1}`,
      name: `snapshot ${at + 1}`,
    })),
    passthrough: vm.passthrough.map(deviceNow),
    annotation: '',
    folder: '',
    tags: [],
    tagsUntold: 'they were left out with the names',
    ...(vm.traits === undefined ? {} : { traits: traitsOf(vm.traits, names, deviceNow) }),
  };
}

/** Where a machine is tuned, what it is tuned to is no secret; texts that quote names are. */
function traitsOf(traits: MachineTraits, names: Pseudonyms, deviceNow: (device: string) => string): MachineTraits {
  const { question, tasks, media, ports, availability, gateways, product: _, ...rest } = traits;
  return {
    ...rest,
    ...(question === undefined ? {} : { question: 'a question' }),
    ...(tasks === undefined ? {} : { tasks: numbered('task', tasks) }),
    ...(media === undefined ? {} : { media: numbered('medium', media) }),
    ...(ports === undefined ? {} : { ports: numbered('port', ports) }),
    ...(availability === undefined ? {} : { availability: availability.map(keptUpBy) }),
    ...(gateways === undefined ? {} : { gateways: gateways.map((address) => names.address(address)) }),
    ...(rest.usb === undefined ? {} : { usb: rest.usb.map(deviceNow) }),
    ...(rest.graphics === undefined ? {} : { graphics: rest.graphics.map(deviceNow) }),
    ...(rest.oddDevices === undefined ? {} : { oddDevices: numbered('device', rest.oddDevices) }),
    ...(rest.tuning === undefined ? {} : { tuning: numbered('setting', rest.tuning) }),
  };
}

/** What rules go by stays. */
const keptUpBy = (words: string, at: number): string =>
  FAULT_TOLERANT.test(words) ? 'fault tolerance' : `rule ${at + 1}`;

function diskOf(disk: InventoryDisk, at: number, machineName: string, names: Pseudonyms): InventoryDisk {
  const { problem, ...rest } = disk;
  return {
    ...rest,
    label: `Hard disk ${at + 1}`,
    file: disk.file === null ? null : `${machineName}/disk-${at + 1}`,
    datastore: names.orNull('datastore-ref', disk.datastore),
    changeId: disk.changeId === null ? null : 'changes',
    uuid: names.uuid(disk.uuid),
    ...(problem === undefined ? {} : { problem: 'its files cannot be read as they are' }),
  };
}

function nicOf(nic: InventoryNic, at: number, names: Pseudonyms): InventoryNic {
  return {
    ...nic,
    label: `Network adapter ${at + 1}`,
    mac: names.mac(nic.mac),
    network: names.orNull('network-ref', nic.network),
    networkName: names.orNull('network', nic.networkName),
    ipAddresses: nic.ipAddresses.map((one) => ({ ...one, address: names.address(one.address) })),
    ...(nic.policies === undefined ? {} : { policies: numbered('policy', nic.policies) }),
  };
}

/** Its sentence names tabs and columns, which are the same for everybody; what it is about has names. */
const gapWithout = (gap: EstateGap, names: Pseudonyms): EstateGap => ({
  ...gap,
  says:
    gap.machines === null ? gap.says : `Of ${things(gap.machines.length, 'machine')} nothing is told about ${gap.of}.`,
  machines: gap.machines?.map((ref) => names.of('vm-ref', ref)) ?? null,
});

/** Drives and the folders that every system has tell nothing. */
const mountPoint = (path: string, names: Pseudonyms): string =>
  /^([a-z]:\\?|\/|\/(boot|boot\/efi|home|opt|srv|tmp|usr|var|var\/log|var\/tmp))$/i.test(path)
    ? path
    : `/${names.of('mount', path)}`;

const numbered = (word: string, all: readonly string[]): string[] => all.map((_, at) => `${word} ${at + 1}`);
