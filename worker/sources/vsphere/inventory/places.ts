/** Where things are in a vSphere inventory: folders, data centres, clusters, hosts, and networks by each of their names. */
import type { InventoryDatastore, InventoryHost, InventoryNetwork } from '../../../../main/shared/inventory.ts';
import { childOf, countOf, isTrue, textAt, textOf, type ObjectFacts, type Value } from './answers.ts';

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
  ],
  Network: ['name', 'parent', 'host'],
  DistributedVirtualPortgroup: ['name', 'parent', 'tag', 'key', 'config.defaultPortConfig'],
  OpaqueNetwork: ['name', 'parent', 'summary'],
  Datastore: ['name', 'parent', 'summary'],
};

interface Place {
  readonly type: string;
  readonly name: string;
  readonly parent: string | null;
}
interface NetworkFacts {
  readonly kind: InventoryNetwork['kind'];
  readonly isUplink: boolean;
  readonly vlanId: number | null;
  /** Hosts of a standard port group; empty where the server does not tell. */
  readonly hosts: readonly string[];
}

/** 1 to 4094 are VLANs, 0 is none; 4095 hands all of them to the guest. */
const TRUNK = 4095;
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
  /** VLANs of the standard port groups of each host, by their names. */
  readonly #vlans = new Map<string, ReadonlyMap<string, number>>();

  /** @returns whether machines that were mapped before are to be told anew, because a name or a path of theirs is another now */
  take({ type, id, properties }: ObjectFacts): boolean {
    const at = (path: string): Value | undefined => properties.get(path);
    const before = this.#places.get(id);
    const parent = textOf(at('parent')) ?? textOf(at('parentVApp')) ?? textOf(at('parentFolder'));
    const name = displayName(textOf(at('name')) ?? id);
    this.#places.set(id, { type, name, parent });
    if (type === 'HostSystem') {
      this.#hosts.set(id, hostOf(id, name, at));
      this.#vlans.set(id, vlansOf(at('config.network.portgroup')));
    } else if (type === 'Datastore') {
      this.#datastores.set(id, datastoreOf(id, name, at('summary')));
      return false; // machines name theirs by ref
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
    for (const map of [this.#places, this.#hosts, this.#datastores, this.#networks, this.#vlans]) map.delete(id);
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
        vlanId: facts.kind === 'standard' ? this.#standardVlanOf(ref, facts.hosts) : facts.vlanId,
        datacenter: this.datacenterOf(ref),
      }));
  }

  /** Every host has its own port group of that name; null unless those that tell agree. */
  #standardVlanOf(ref: string, hosts: readonly string[]): number | null {
    const name = this.networkNameOf(ref) ?? '';
    const datacenter = this.datacenterOf(ref);
    const asked =
      hosts.length > 0 ? hosts : [...this.#hosts.keys()].filter((host) => this.datacenterOf(host) === datacenter);
    const found = new Set(asked.flatMap((host) => this.#vlans.get(host)?.get(name) ?? []));
    const [vlan = TRUNK] = found;
    return found.size === 1 && vlan < TRUNK ? vlan : null;
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

/** VLANs of a host's standard port groups, by their names. */
function vlansOf(portGroups: Value | undefined): Map<string, number> {
  const vlans = new Map<string, number>();
  for (const group of portGroups?.children ?? []) {
    const spec = childOf(group, 'spec');
    const vlanId = countOf(childOf(spec, 'vlanId'));
    if (vlanId !== null) vlans.set(displayName(textAt(spec, 'name') ?? ''), vlanId);
  }
  return vlans;
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

function networkFactsOf(type: string, at: (path: string) => Value | undefined): NetworkFacts {
  if (type === 'OpaqueNetwork') return { kind: 'opaque', isUplink: false, vlanId: null, hosts: [] };
  if (type === 'Network')
    return {
      kind: 'standard',
      isUplink: false,
      vlanId: null,
      hosts: (at('host')?.children ?? []).map(({ text }) => text),
    };
  const vlan = childOf(at('config.defaultPortConfig'), 'vlan');
  const isSingle = vlan?.schemaType === 'VmwareDistributedVirtualSwitchVlanIdSpec';
  return {
    kind: 'distributed',
    isUplink: (at('tag')?.children ?? []).some((tag) => textAt(tag, 'key') === 'SYSTEM/DVS.UPLINKPG'),
    vlanId: isSingle ? countOf(childOf(vlan, 'vlanId')) : null,
    hosts: [],
  };
}
