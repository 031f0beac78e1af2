/** What the chosen machines need a place for: each network they are on, each datastore they boot from. */
import type { InventoryDatastore, InventoryNetwork, InventoryVm } from '../inventory.ts';
import { bootDiskOf } from './disks.ts';

export interface NetworkNeed {
  /** By which a choice means it: the name, or the ref where several of these networks have the name. */
  readonly from: string;
  readonly name: string;
  readonly ref: string | null;
  readonly vlanId: number | null;
  readonly cards: number;
  readonly machines: number;
  readonly addresses: readonly string[];
}

export interface DatastoreNeed {
  readonly ref: string | null;
  readonly name: string;
  /** Refs of the machines whose boot disk lies there. */
  readonly machines: readonly string[];
  readonly bytes: number;
}

/** Refs of machines, and addresses. */
interface OnNetwork {
  readonly of: Set<string>;
  readonly at: Set<string>;
}

type Machine = Pick<InventoryVm, 'ref' | 'nics' | 'disks' | 'bootOrder'>;

/** Cards on no network are left out. */
export function networkNeeds(
  machines: readonly Machine[],
  networks: readonly Pick<InventoryNetwork, 'ref' | 'name' | 'vlanId'>[],
): NetworkNeed[] {
  const known = new Map(networks.map((one) => [one.ref, one]));
  const refsOfName = new Map<string, Set<string>>();
  for (const { nics } of machines)
    for (const { network: ref, networkName: name } of nics)
      if (ref !== null && name !== null) refsOfName.set(name, (refsOfName.get(name) ?? new Set()).add(ref));
  const found = new Map<string, Omit<NetworkNeed, 'machines' | 'addresses'> & OnNetwork>();
  for (const { ref: machine, nics } of machines)
    for (const { network: ref, networkName, ipAddresses } of nics) {
      const name = networkName ?? (ref === null ? null : (known.get(ref)?.name ?? null));
      const key = ref ?? name;
      if (key === null) continue;
      const isShared = name !== null && (refsOfName.get(name)?.size ?? 0) > 1;
      const before = found.get(key);
      const of = (before?.of ?? new Set()).add(machine);
      const at = before?.at ?? new Set<string>();
      for (const { address } of ipAddresses) at.add(address);
      found.set(key, {
        from: isShared && ref !== null ? ref : (name ?? key),
        name: name ?? key,
        ref,
        vlanId: ref === null ? null : (known.get(ref)?.vlanId ?? null),
        cards: (before?.cards ?? 0) + 1,
        of,
        at,
      });
    }
  return [...found.values()]
    .map(({ of, at, ...need }) => ({ ...need, machines: of.size, addresses: [...at] }))
    .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
}

/** A machine counts where its boot disk lies; its other disks go as that one does. */
export function datastoreNeeds(
  machines: readonly Machine[],
  datastores: readonly Pick<InventoryDatastore, 'ref' | 'name'>[],
): DatastoreNeed[] {
  const names = new Map(datastores.map(({ ref, name }) => [ref, name]));
  const found = new Map<string | null, { machines: string[]; bytes: number }>();
  for (const machine of machines) {
    const ref = bootDiskOf(machine)?.datastore ?? null;
    const before = found.get(ref) ?? { machines: [], bytes: 0 };
    const bytes = machine.disks.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    before.machines.push(machine.ref);
    found.set(ref, { machines: before.machines, bytes: before.bytes + bytes });
  }
  return [...found]
    .map(([ref, rest]) => ({ ref, name: ref === null ? '' : (names.get(ref) ?? ref), ...rest }))
    .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
}
