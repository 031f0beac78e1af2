/**
 * An estate without names: machines, hosts, networks, folders, addresses, MACs and notes are replaced, the same by the same
 * everywhere. What is judged stays: sizes, guests, devices, power, how deep snapshots are, what belongs together.
 */
import { things } from '../../main/shared/figures.ts';
import type { Estate, EstateGap } from '../../main/shared/estate.ts';
import type { InventoryDatastore, InventoryHost, InventoryNetwork } from '../../main/shared/inventory.ts';
import { withHints } from './anonymous-hints.ts';
import { machineWithout } from './anonymous-machine.ts';
import type { EachNamed } from './each-named.ts';
import { numbered, Pseudonyms } from './pseudonyms.ts';

export function anonymised(estate: Estate): Estate {
  const names = new Pseudonyms();
  return {
    kind: estate.kind,
    product: estate.product,
    takenAt: estate.takenAt,
    from: numbered('export', estate.from),
    server: undefined,
    hosts: estate.hosts.map((host) => hostOf(host, names)),
    networks: estate.networks.map((network) => networkOf(network, names)),
    datastores: estate.datastores.map((datastore) => datastoreOf(datastore, names)),
    vms: estate.vms.map((vm) => withHints(vm, machineWithout(vm, names), names)),
    gaps: estate.gaps.map((gap) => gapWithout(gap, names)),
    // They quote cells.
    warnings:
      estate.warnings.length === 0
        ? []
        : [`${things(estate.warnings.length, 'row or cell', 'rows or cells')} could not be understood.`],
  } satisfies EachNamed<Estate>;
}

const hostOf = (host: InventoryHost, names: Pseudonyms): InventoryHost =>
  ({
    ref: names.of('host-ref', host.ref),
    name: names.of('host', host.name),
    cluster: names.orNull('cluster', host.cluster),
    isConnected: host.isConnected,
    inMaintenance: host.inMaintenance,
    cpus: host.cpus,
    memoryBytes: host.memoryBytes,
    version: host.version,
  }) satisfies EachNamed<InventoryHost>;

const networkOf = (network: InventoryNetwork, names: Pseudonyms): InventoryNetwork =>
  ({
    ref: names.of('network-ref', network.ref),
    name: names.of('network', network.name),
    kind: network.kind,
    vlanId: network.vlanId,
    datacenter: names.orNull('datacenter', network.datacenter),
    allows: network.allows,
    trunk: network.trunk,
    mtu: network.mtu,
    policies: network.policies && numbered('policy', network.policies),
  }) satisfies EachNamed<InventoryNetwork>;

const datastoreOf = (datastore: InventoryDatastore, names: Pseudonyms): InventoryDatastore =>
  ({
    ref: names.of('datastore-ref', datastore.ref),
    name: names.of('datastore', datastore.name),
    kind: datastore.kind,
    capacityBytes: datastore.capacityBytes,
    freeBytes: datastore.freeBytes,
    isAccessible: datastore.isAccessible,
    datacenter: names.orNull('datacenter', datastore.datacenter),
  }) satisfies EachNamed<InventoryDatastore>;

/** Its sentence names tabs and columns, which are the same for everybody; what it is about has names. */
const gapWithout = (gap: EstateGap, names: Pseudonyms): EstateGap =>
  ({
    of: gap.of,
    says:
      gap.machines === null
        ? gap.says
        : `Of ${things(gap.machines.length, 'machine')} nothing is told about ${gap.of}.`,
    machines: gap.machines?.map((ref) => names.of('vm-ref', ref)) ?? null,
  }) satisfies EachNamed<EstateGap>;
