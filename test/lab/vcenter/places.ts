/** The places of the simulated world that machines stand in: folders, data centres, clusters, hosts, networks, datastores. */
import { ADMIN_ROLE } from './machine-properties.ts';
import type { NetworkPlace } from './machine.ts';
import { uuidOf } from './machine.ts';
import { hostSwitchesOf, makeNetworks, portGroupsOf } from './networks.ts';
import type { DatastorePlace, MakePlans, SitePlan } from './site-plans.ts';
import { type ManagedObject, managedObject } from './managed-object.ts';
import { data, type Data, list, long, named, type Ref, refs, short, type Value } from './values.ts';

export interface Site {
  readonly name: string;
  /** Folders from the root down, with slashes: what `dcPath` says. */
  readonly path: string;
  readonly ref: Ref;
  readonly machineFolder: Ref;
  /** By path below the machine folder. */
  readonly folders: ReadonlyMap<string, Ref>;
  readonly hosts: readonly HostPlace[];
  readonly networks: ReadonlyMap<string, NetworkPlace>;
  readonly datastores: readonly DatastorePlace[];
}

export interface HostPlace {
  readonly ref: Ref;
  readonly name: string;
  readonly pool: Ref;
  readonly isInMaintenance: boolean;
}

interface Living {
  /** Machines that stand on a host, a datastore, a network or in a pool. */
  machinesOn(ref: Ref): Ref[];
  childrenOf(id: string): readonly Ref[];
}

/** The whole inventory but for the machines. */
export function makePlaces(
  root: Ref,
  plans: MakePlans,
  living: Living,
): { readonly sites: Site[]; readonly objects: ManagedObject[]; readonly children: Map<string, Ref[]> } {
  const objects: ManagedObject[] = [];
  const children = new Map<string, Ref[]>();
  const hang = (parent: Ref, ref: Ref): Ref => {
    children.set(parent.id, [...(children.get(parent.id) ?? []), ref]);
    return ref;
  };
  const add = (ref: Ref, properties: Readonly<Record<string, () => Value | undefined>>): Ref => {
    objects.push(managedObject(ref, { ...properties, effectiveRole: () => list('Int', [ADMIN_ROLE]) }));
    return ref;
  };
  const folder = (id: string, name: string, parent: Ref | undefined, childType: readonly string[]): Ref =>
    add(parent === undefined ? { type: 'Folder', id } : hang(parent, { type: 'Folder', id }), {
      name: () => name,
      parent: () => parent,
      childType: () => list('String', childType),
      childEntity: () => refs(living.childrenOf(id)),
    });

  folder(root.id, 'Datacenters', undefined, ['Folder', 'Datacenter']);
  const branch = folder('group-d2', 'branch offices', root, ['Folder', 'Datacenter']);
  const sites = plans(root, branch).map((plan) => makeSite(plan, { living, hang, add, folder, children }));
  return { sites, objects, children };
}

interface Tools {
  readonly living: Living;
  hang(parent: Ref, ref: Ref): Ref;
  add(ref: Ref, properties: Readonly<Record<string, () => Value | undefined>>): Ref;
  folder(id: string, name: string, parent: Ref | undefined, childType: readonly string[]): Ref;
  readonly children: Map<string, Ref[]>;
}

function makeSite(plan: SitePlan, { living, hang, add, folder }: Tools): Site {
  const { number } = plan;
  const ref = hang(plan.parent, { type: 'Datacenter', id: `datacenter-${number}` });
  const rooms = {
    vm: folder(`group-v${number}0`, 'vm', ref, ['Folder', 'VirtualMachine', 'VirtualApp']),
    host: folder(`group-h${number}0`, 'host', ref, ['Folder', 'ComputeResource']),
    datastore: folder(`group-s${number}0`, 'datastore', ref, ['Folder', 'Datastore', 'StoragePod']),
    network: folder(`group-n${number}0`, 'network', ref, ['Folder', 'Network', 'DistributedVirtualSwitch']),
  };
  const folders = new Map<string, Ref>();
  for (const [index, path] of plan.folders.entries()) {
    const cut = path.lastIndexOf('/');
    const parent = cut === -1 ? rooms.vm : (folders.get(path.slice(0, cut)) ?? rooms.vm);
    folders.set(path, folder(`group-v${number}${index + 1}`, path.slice(cut + 1), parent, ['VirtualMachine']));
  }

  const hostRefs: Ref[] = [];
  const networks = makeNetworks(plan, rooms.network, () => hostRefs, { machinesOn: living.machinesOn, hang, add });
  const datastores = plan.datastores.map((store, index) => {
    const storeRef = hang(rooms.datastore, { type: 'Datastore', id: `datastore-${number}${index}` });
    add(
      storeRef,
      datastoreProperties(storeRef, store, rooms.datastore, () => living.machinesOn(storeRef)),
    );
    return { ref: storeRef, name: store.name, kind: store.kind };
  });
  const held = {
    network: () => refs([...networks.values()].map((network) => network.ref)),
    datastore: () => refs(datastores.map((store) => store.ref)),
  };

  const hosts: HostPlace[] = [];
  const compute = (type: string, id: string, name: string, names: readonly string[]): void => {
    const own = hang(rooms.host, { type, id: `domain-${id}` });
    const pool = hang(own, { type: 'ResourcePool', id: `resgroup-${id}` });
    const ours = names.map((_, index): Ref => hang(own, { type: 'HostSystem', id: `host-${id}${index}` }));
    add(own, {
      name: () => name,
      parent: () => rooms.host,
      host: () => refs(ours),
      resourcePool: () => pool,
      ...held,
    });
    add(pool, {
      name: () => 'Resources',
      parent: () => own,
      owner: () => own,
      vm: () => refs(living.machinesOn(pool)),
      resourcePool: () => refs([]),
    });
    for (const [index, hostRef] of ours.entries()) {
      const hostName = names[index] ?? name;
      const isInMaintenance = plan.inMaintenance?.includes(hostName) ?? false;
      add(hostRef, {
        ...hostProperties(hostRef, hostName, own, plan),
        vm: () => refs(living.machinesOn(hostRef)),
        ...held,
      });
      hostRefs.push(hostRef);
      hosts.push({ ref: hostRef, name: hostName, pool, isInMaintenance });
    }
  };
  for (const [index, cluster] of plan.clusters.entries()) {
    compute('ClusterComputeResource', `c${number}${index}`, cluster.name, cluster.hosts);
  }
  for (const [index, name] of plan.alone.entries()) compute('ComputeResource', `s${number}${index}`, name, [name]);

  add(ref, {
    name: () => plan.name,
    parent: () => plan.parent,
    vmFolder: () => rooms.vm,
    hostFolder: () => rooms.host,
    datastoreFolder: () => rooms.datastore,
    networkFolder: () => rooms.network,
    ...held,
  });
  return { name: plan.name, path: plan.path, ref, machineFolder: rooms.vm, folders, hosts, networks, datastores };
}

const TiB = 1024 ** 4;

function datastoreProperties(
  ref: Ref,
  store: SitePlan['datastores'][number],
  parent: Ref,
  machines: () => Ref[],
): Record<string, () => Value | undefined> {
  return {
    name: () => store.name,
    parent: () => parent,
    vm: () => refs(machines()),
    summary: () =>
      data('DatastoreSummary', {
        datastore: ref,
        name: store.name,
        url: `ds:///vmfs/volumes/${uuidOf(ref.id)}/`,
        capacity: long(store.capacityTiB * TiB),
        freeSpace: long((store.capacityTiB * TiB) / 2),
        accessible: true,
        multipleHostAccess: true,
        type: store.kind,
        maintenanceMode: 'normal',
      }),
  };
}

function hostProperties(ref: Ref, name: string, parent: Ref, plan: SitePlan): Record<string, () => Value | undefined> {
  const runtime = (): Data =>
    data('HostRuntimeInfo', {
      connectionState: named('HostSystemConnectionState', 'connected'),
      powerState: named('HostSystemPowerState', 'poweredOn'),
      inMaintenanceMode: plan.inMaintenance?.includes(name) ?? false,
    });
  const product = (): Data =>
    data('AboutInfo', {
      name: 'VMware ESXi',
      fullName: 'VMware ESXi 8.0.3 build-24022510',
      vendor: 'VMware, Inc.',
      version: '8.0.3',
      build: '24022510',
      localeVersion: 'INTL',
      localeBuild: '000',
      osType: 'vmnix-x86',
      productLineId: 'embeddedEsx',
      apiType: 'HostAgent',
      apiVersion: '8.0.3.0',
    });
  return {
    name: () => name,
    parent: () => parent,
    runtime,
    config: () =>
      data('HostConfigInfo', {
        host: ref,
        product: product(),
        network: data('HostNetworkInfo', { vswitch: hostSwitchesOf(plan), portgroup: portGroupsOf(plan) }),
      }),
    summary: () =>
      data('HostListSummary', {
        host: ref,
        hardware: data('HostHardwareSummary', {
          vendor: 'Simulated',
          model: 'Guts lab',
          uuid: uuidOf(ref.id),
          memorySize: long(512 * 1024 ** 3),
          cpuModel: 'Simulated CPU',
          cpuMhz: 2600,
          numCpuPkgs: short(2),
          numCpuCores: short(32),
          numCpuThreads: short(64),
        }),
        runtime: runtime(),
        config: data('HostConfigSummary', { name, port: plan.hostPort ?? 443, product: product() }),
      }),
  };
}
