/** The simulated world: two data centres with clusters, hosts, networks, datastores and folders, and the machines in them. */
import type { ByteSource } from '../../../worker/disk/bytes.ts';
import { openContent } from '../content.ts';
import { LabDisk } from '../lab-disk.ts';
import { MACHINE_PROPERTIES, snapshotProperty } from './machine-properties.ts';
import type { DiskSpec, MachineSpec } from './machine-spec.ts';
import { Machine, type MachineDisk, type Snapshot, type Standing } from './machine.ts';
import type { ManagedObject } from './managed-object.ts';
import { makePlaces, type Site } from './places.ts';
import { plans as defaultPlans, type MakePlans } from './site-plans.ts';
import type { Ref } from './values.ts';

export class World implements AsyncDisposable {
  readonly machines: Machine[] = [];
  readonly rootFolder: Ref = { type: 'Folder', id: 'group-d1' };
  readonly sites: readonly Site[];
  readonly #objects = new Map<string, ManagedObject>();
  readonly #children = new Map<string, Ref[]>();
  readonly #opened: ByteSource[] = [];
  #listeners = new Set<() => void>();

  private constructor(plans: MakePlans) {
    const { sites, objects, children } = makePlaces(this.rootFolder, plans, {
      machinesOn: (ref) => this.machines.filter((machine) => isOn(machine, ref)).map((machine) => machine.ref),
      childrenOf: (id) => this.#children.get(id) ?? [],
    });
    this.sites = sites;
    for (const object of objects) this.#objects.set(keyOf(object.ref), object);
    for (const [parent, list] of children) this.#children.set(parent, list);
  }

  /** @throws RangeError where a spec names a place that does not exist, or a content has another size than its disk */
  static async make(specs: readonly MachineSpec[], plans = defaultPlans): Promise<World> {
    const world = new World(plans);
    try {
      for (const spec of specs) await world.#add(spec);
    } catch (error) {
      await world[Symbol.asyncDispose]();
      throw error;
    }
    return world;
  }

  find(ref: Ref): ManagedObject | undefined {
    const object = this.#objects.get(keyOf(ref));
    if (object !== undefined) return object;
    if (ref.type !== 'VirtualMachineSnapshot') return undefined;
    const found = this.snapshot(ref);
    return found === undefined ? undefined : snapshotObject(found.machine, found.snapshot);
  }

  /** Everything below `container`, through folders, data centres and clusters. */
  *below(container: Ref): Generator<ManagedObject> {
    for (const object of this.directlyBelow(container)) {
      yield object;
      yield* this.below(object.ref);
    }
  }

  directlyBelow(container: Ref): ManagedObject[] {
    return (this.#children.get(container.id) ?? []).flatMap((ref) => this.find(ref) ?? []);
  }

  machine(ref: Ref): Machine | undefined {
    return ref.type === 'VirtualMachine' ? this.machines.find((machine) => machine.ref.id === ref.id) : undefined;
  }

  machineNamed(name: string): Machine {
    const machine = this.machines.find(({ spec }) => spec.name === name);
    if (machine === undefined) throw new RangeError(`The simulated vCenter has no machine “${name}”.`);
    return machine;
  }

  snapshot(ref: Ref): { readonly machine: Machine; readonly snapshot: Snapshot } | undefined {
    for (const machine of this.machines) {
      const snapshot = machine.snapshots.find((candidate) => candidate.ref.id === ref.id);
      if (snapshot !== undefined) return { machine, snapshot };
    }
    return undefined;
  }

  /** The last disk of a machine goes, and another one comes; null is none. */
  async replug(machine: Machine, goes: boolean, comes: DiskSpec | null): Promise<void> {
    const stay = goes ? machine.disks.slice(0, -1) : machine.disks;
    machine.replug(comes === null ? stay : [...stay, await this.#disk(machine.ref, stay.length, comes)]);
    this.changed();
  }

  /** Objects that come and go beside the inventory: tasks, leases. */
  put(object: ManagedObject): void {
    this.#objects.set(keyOf(object.ref), object);
    this.changed();
  }

  remove(ref: Ref): void {
    this.#objects.delete(keyOf(ref));
    this.changed();
  }

  /** Whoever waits for updates looks again. */
  changed(): void {
    for (const listener of this.#listeners) listener();
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const source of this.#opened.splice(0)) await source[Symbol.asyncDispose]();
  }

  async #add(spec: MachineSpec): Promise<void> {
    const number = 101 + this.machines.length;
    const ref: Ref = { type: 'VirtualMachine', id: `vm-${number}` };
    const disks = [];
    for (const [index, disk] of (spec.disks ?? []).entries()) disks.push(await this.#disk(ref, index, disk));
    const standing = this.#standingOf(spec, number);
    const machine = new Machine(ref, spec, disks, standing);
    for (const name of spec.snapshots ?? []) machine.createSnapshot(name, 'Made before this vCenter was looked at.');
    this.machines.push(machine);
    this.#children.set(standing.folder.id, [...(this.#children.get(standing.folder.id) ?? []), ref]);
    this.#objects.set(keyOf(ref), {
      ref,
      names: Object.keys(MACHINE_PROPERTIES),
      property: (name) => MACHINE_PROPERTIES[name]?.(machine),
    });
  }

  async #disk(ref: Ref, index: number, spec: DiskSpec): Promise<MachineDisk> {
    const source = spec.content === undefined ? null : await openContent(spec.content);
    if (source !== null && source !== spec.content) this.#opened.push(source);
    return { spec, index, disk: await LabDisk.open(ref.id, 2000 + index, spec.sizeBytes, source) };
  }

  #standingOf(spec: MachineSpec, number: number): Standing {
    const [first] = this.sites;
    const site = spec.datacenter === undefined ? first : this.sites.find(({ name }) => name === spec.datacenter);
    if (site === undefined) throw new RangeError(`There is no data centre “${spec.datacenter}”.`);
    const wanted = site.name;
    const folder = spec.folder === undefined ? site.machineFolder : site.folders.get(spec.folder);
    if (folder === undefined) throw new RangeError(`There is no folder “${spec.folder}” in ${wanted}.`);
    const datastore =
      spec.datastore === undefined ? site.datastores[0] : site.datastores.find(({ name }) => name === spec.datastore);
    if (datastore === undefined) throw new RangeError(`There is no datastore “${spec.datastore}” in ${wanted}.`);
    for (const { network } of spec.nics ?? []) {
      if (!site.networks.has(network)) throw new RangeError(`There is no network “${network}” in ${wanted}.`);
    }
    const home =
      spec.host === undefined
        ? site.hosts[number % site.hosts.length]
        : site.hosts.find(({ name }) => name === spec.host);
    if (home === undefined) throw new RangeError(`There is no host “${spec.host ?? ''}” in ${wanted}.`);
    const { ref, pool, isInMaintenance } = home;
    return { folder, host: ref, pool, isInMaintenance, datastore, networks: site.networks };
  }
}

function isOn(machine: Machine, ref: Ref): boolean {
  const { host, pool, datastore, networks } = machine.standing;
  if (ref.type === 'HostSystem') return host.id === ref.id;
  if (ref.type === 'ResourcePool') return pool.id === ref.id && machine.spec.isTemplate !== true;
  if (ref.type === 'Datastore') return datastore.ref.id === ref.id;
  return (machine.spec.nics ?? []).some(({ network }) => networks.get(network)?.ref.id === ref.id);
}

function snapshotObject(machine: Machine, snapshot: Snapshot): ManagedObject {
  return {
    ref: snapshot.ref,
    names: ['config', 'vm', 'childSnapshot'],
    property: (name) => snapshotProperty(machine, snapshot, name),
  };
}

function keyOf(ref: Ref): string {
  return ref.id; // ids are unique across types here, as in vCenter's inventory
}
