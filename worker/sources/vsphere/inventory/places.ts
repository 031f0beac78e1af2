/** Where things are in a vSphere inventory: folders, data centres, clusters, hosts, and networks by each of their names. */
import type { InventoryDatastore, InventoryHost, InventoryNetwork } from '../../../../main/shared/inventory.ts';
import { childOf, countOf, isTrue, textAt, textOf, type ObjectFacts, type Value } from './answers.ts';
import {
  hostPortGroupsOf,
  networkFactsOf,
  standardFacts,
  switchMtuOf,
  type HostPortGroups,
  type NetworkFacts,
} from './switches.ts';

/** What is asked of everything that is no machine; known to every server from 6.5 on. */
export const PLACE_PROPERTIES: Readonly<Record<string, readonly string[]>> = {
  Folder: ['name', 'parent'],
  Datacenter: ['name', 'parent'],
  ComputeResource: ['name', 'parent'],
  VirtualApp: ['name', 'parentFolder', 'parentVApp'],
  HostSystem: [
    'name',
    'parent',
    'runtime.connectionState',
    'runtime.inMaintenanceMode',
    'summary.hardware.numCpuThreads',
    'summary.hardware.memorySize',
    'config.product.version',
    'config.network.portgroup',
    'config.network.vswitch',
  ],
  Network: ['name', 'parent', 'host'],
  DistributedVirtualPortgroup: [
    'name',
    'parent',
    'tag',
    'key',
    'config.defaultPortConfig',
    'config.distributedVirtualSwitch',
  ],
  VmwareDistributedVirtualSwitch: ['name', 'parent', 'config'],
  OpaqueNetwork: ['name', 'parent', 'summary'],
  Datastore: ['name', 'parent', 'summary'],
};

interface Place {
  readonly type: string;
  readonly name: string;
  readonly parent: string | null;
}

const MOST_DEPTH = 100;

/** Kept as long as machines are mapped by it: some hundred bytes for each thing, whatever the number of machines. */
export class Places {
  /** What was asked for before it was known. */
  readonly #missed = new Set<string>();
  readonly #places = new Map<string, Place>();
  readonly #hosts = new Map<string, Omit<InventoryHost, 'cluster'>>();
  readonly #datastores = new Map<string, Omit<InventoryDatastore, 'datacenter'>>();
  readonly #networks = new Map<string, NetworkFacts>();
  readonly #byPortGroupKey = new Map<string, string>();
  readonly #byOpaqueId = new Map<string, string>();
  /** The standard port groups of each host. */
  readonly #portGroups = new Map<string, HostPortGroups>();
  /** Of distributed switches, by their refs. */
  readonly #switchMtus = new Map<string, number>();

  /** @returns whether machines that were mapped before are to be told anew, because a name or a path of theirs is another now */
  take({ type, id, properties }: ObjectFacts): boolean {
    const at = (path: string): Value | undefined => properties.get(path);
    const before = this.#places.get(id);
    const parent = textOf(at('parent')) ?? textOf(at('parentVApp')) ?? textOf(at('parentFolder'));
    const name = displayName(textOf(at('name')) ?? id);
    this.#places.set(id, { type, name, parent });
    if (type === 'HostSystem') {
      this.#hosts.set(id, hostOf(id, name, at));
      this.#portGroups.set(id, hostPortGroupsOf(at, displayName));
    } else if (type === 'Datastore') {
      this.#datastores.set(id, datastoreOf(id, name, at('summary')));
      return false; // machines name theirs by ref
    } else if (type === 'VmwareDistributedVirtualSwitch') {
      this.#switchMtus.set(id, switchMtuOf(at('config')) ?? 0);
    } else if (type === 'Network' || type === 'DistributedVirtualPortgroup' || type === 'OpaqueNetwork') {
      this.#networks.set(id, networkFactsOf(type, at));
      const key = textOf(at('key'));
      if (key !== null) this.#byPortGroupKey.set(key, id);
      const opaqueId = textAt(at('summary'), 'opaqueNetworkId');
      if (opaqueId !== null) this.#byOpaqueId.set(opaqueId, id);
      if (this.#missed.delete(key ?? '') || this.#missed.delete(opaqueId ?? '')) return true;
    }
    return before === undefined ? this.#missed.delete(id) : before.name !== name || before.parent !== parent;
  }

  forget(id: string): void {
    for (const map of [this.#places, this.#hosts, this.#datastores, this.#networks, this.#portGroups, this.#switchMtus])
      map.delete(id);
  }

  /** The folders from the data centre down to `id`, with slashes. */
  pathOf(id: string | null): string {
    const names: string[] = [];
    for (const place of this.#upFrom(id)) {
      names.unshift(place.name);
      if (place.type === 'Datacenter') break;
    }
    return names.join('/');
  }

  datacenterOf(id: string | null): string | null {
    for (const { type, name } of this.#upFrom(id)) if (type === 'Datacenter') return name;
    return null;
  }

  /** The cluster of a host; null for one that stands alone. */
  clusterOf(host: string | null): string | null {
    const parent = this.#find(this.#find(host)?.parent ?? null);
    return parent?.type === 'ClusterComputeResource' ? parent.name : null;
  }

  networkNameOf(id: string | null): string | null {
    return this.#find(id)?.name ?? null;
  }

  networkByPortGroupKey(key: string): string | null {
    return this.#byPortGroupKey.get(key) ?? this.#miss(key);
  }

  networkByOpaqueId(id: string): string | null {
    return this.#byOpaqueId.get(id) ?? this.#miss(id);
  }

  hosts(): InventoryHost[] {
    return [...this.#hosts.values()].map((host) => ({ ...host, cluster: this.clusterOf(host.ref) }));
  }

  datastores(): InventoryDatastore[] {
    return [...this.#datastores.values()].map((store) => ({ ...store, datacenter: this.datacenterOf(store.ref) }));
  }

  /** Without the groups that a distributed switch has for its uplinks: no machine can be plugged into one. */
  networks(): InventoryNetwork[] {
    return [...this.#networks]
      .filter(([, { isUplink }]) => !isUplink)
      .map(([ref, facts]) => ({
        ref,
        name: this.networkNameOf(ref) ?? ref,
        kind: facts.kind,
        datacenter: this.datacenterOf(ref),
        ...(facts.kind === 'standard' ? this.#standardFactsOf(ref, facts.hosts) : this.#ownFactsOf(facts)),
      }));
  }

  #standardFactsOf(ref: string, hosts: readonly string[]): ReturnType<typeof standardFacts> {
    const name = this.networkNameOf(ref) ?? '';
    const datacenter = this.datacenterOf(ref);
    const asked =
      hosts.length > 0 ? hosts : [...this.#hosts.keys()].filter((host) => this.datacenterOf(host) === datacenter);
    return standardFacts(asked.flatMap((host) => this.#portGroups.get(host)?.get(name) ?? []));
  }

  #ownFactsOf({ vlanId, switchRef, told }: NetworkFacts): Pick<InventoryNetwork, 'vlanId' | 'mtu'> {
    const mtu = this.#switchMtus.get(switchRef ?? '') ?? 0;
    return { vlanId, ...told, ...(mtu > 0 ? { mtu } : {}) };
  }

  *#upFrom(id: string | null): Generator<Place> {
    let place = this.#find(id);
    for (let depth = 0; place !== null && depth < MOST_DEPTH; depth += 1) {
      yield place;
      place = this.#find(place.parent);
    }
  }

  #find(id: string | null): Place | null {
    return id === null ? null : (this.#places.get(id) ?? this.#miss(id));
  }

  #miss(id: string): null {
    this.#missed.add(id);
    return null;
  }
}

/** vSphere stores `%`, `/` and `\` in names as `%25`, `%2f` and `%5c`. For people only, never for paths. */
export function displayName(stored: string): string {
  if (!stored.includes('%')) return stored;
  return stored.replaceAll(/%(25|2f|5c)/gi, (escape) => String.fromCharCode(Number.parseInt(escape.slice(1), 16)));
}

function hostOf(ref: string, name: string, at: (path: string) => Value | undefined): Omit<InventoryHost, 'cluster'> {
  return {
    ref: ref,
    name,
    isConnected: textOf(at('runtime.connectionState')) === 'connected',
    inMaintenance: isTrue(at('runtime.inMaintenanceMode')),
    cpus: countOf(at('summary.hardware.numCpuThreads')) ?? 0,
    memoryBytes: countOf(at('summary.hardware.memorySize')) ?? 0,
    version: textOf(at('config.product.version')),
  };
}

function datastoreOf(ref: string, name: string, summary: Value | undefined): Omit<InventoryDatastore, 'datacenter'> {
  return {
    ref: ref,
    name,
    kind: textAt(summary, 'type') ?? '',
    capacityBytes: countOf(childOf(summary, 'capacity')) ?? 0,
    freeBytes: countOf(childOf(summary, 'freeSpace')) ?? 0,
    isAccessible: isTrue(childOf(summary, 'accessible')),
  };
}
