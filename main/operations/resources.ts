/** Answers what the sources have: machines, networks, datastores, hosts, and the disks of machines. */
import { find, findOne, findVm, readAll, wantedBy, type Found, type FoundThing } from './find.ts';
import type { InventoryParts } from './inventory.ts';
import type { Some } from './handlers.ts';
import { pageOf } from './paging.ts';
import type { Instance, InstanceRow, Resource, VolumeRow } from '../shared/operations.ts';
import { Breather } from '../store/breather.ts';
import type { InventoryView } from '../store/inventory-view.ts';

export function resourceHandlers(
  parts: InventoryParts,
): Some<'resources.list' | 'resources.show' | 'instances.list' | 'instances.rows' | 'instances.show' | 'volumes.list'> {
  return {
    'resources.list': async ({ source, limit, marker, ...filters }, { signal }) => {
      const found = await find(parts, source, wantedBy(filters), signal);
      const { page, next } = pageOf(found, keyOf, { limit, marker });
      return { resources: await readAll(page, resourceOf), next };
    },
    'resources.show': async ({ resource, source }, { signal }) =>
      resourceOf(await findOne(parts, source, resource, signal)),
    'instances.list': async ({ source, limit, marker, ...filters }, { signal }) => {
      const found = await find(parts, source, wantedBy({ ...filters, type: 'vm' }), signal);
      const { page, next } = pageOf(found, keyOf, { limit, marker });
      return { instances: (await readAll(page, instanceOf)).flat(), next };
    },
    'instances.rows': async ({ source, limit, marker, ...filters }, { signal }) => {
      const found = await find(parts, source, wantedBy({ ...filters, type: 'vm' }), signal);
      const { page, next } = pageOf(found, keyOf, { limit, marker });
      return { rows: await rowsOf(page), next };
    },
    'instances.show': async ({ instance, source }, { signal }) => {
      const { vm, takenAt, source: from } = await findVm(parts, source, instance, signal);
      return { ...vm, source: from.name, takenAt };
    },
    'volumes.list': async ({ source, vm, limit, marker }, { signal }) => {
      const found = await find(parts, source, wantedBy({ name: vm, type: 'vm' }), signal);
      const disks = found.flatMap((one) => one.row.disks.map((key) => ({ ...one, key })));
      const { page, next } = pageOf(disks, (disk) => `${keyOf(disk)}/${disk.key}`, { limit, marker });
      return { volumes: (await readAll(page, (one, { key }) => volumeOf(one, key))).flat(), next };
    },
  };
}

const keyOf = ({ source, row }: Found): string => `${source.id}/${row.ref}`;

function resourceOf({ source, takenAt, one }: FoundThing): Resource {
  const from = { source: source.name, takenAt };
  switch (one.kind) {
    case 'vm':
      return { ...from, type: 'vm', ...one.thing };
    case 'network':
      return { ...from, type: 'network', ...one.thing };
    case 'datastore':
      return { ...from, type: 'datastore', ...one.thing };
    case 'host':
      return { ...from, type: 'host', ...one.thing };
  }
}

const instanceOf = ({ source, takenAt, one }: FoundThing): Instance[] =>
  one.kind === 'vm' ? [{ source: source.name, takenAt, ...one.thing }] : [];

/** By ref; another view is another inventory. */
const names = new WeakMap<InventoryView, ReadonlyMap<string, string>>();

/** Of hosts and datastores. */
function namesIn(inventory: InventoryView): ReadonlyMap<string, string> {
  const known = names.get(inventory);
  if (known !== undefined) return known;
  const others = inventory.told.filter(({ kind }) => kind !== 'vm');
  const found = new Map(others.map(({ ref, name }) => [ref, name]));
  names.set(inventory, found);
  return found;
}

async function rowsOf(found: readonly Found[]): Promise<InstanceRow[]> {
  const breather = new Breather();
  const rows: InstanceRow[] = [];
  for (const { source, inventory, row } of found) {
    if (breather.isDue) await breather.breathe();
    const { ref, name, power, networks, folder, cluster, tags, os, disks, facts } = row;
    if (facts === null || power === null) continue; // no machine
    const known = namesIn(inventory);
    rows.push({
      ...facts,
      source: source.id,
      ref,
      name,
      power,
      folder,
      cluster,
      networks: [...networks],
      tags: [...tags],
      os: os.find((one) => one !== '') ?? '',
      host: known.get(facts.host) ?? '',
      datastores: facts.datastores.map((one) => known.get(one) ?? one),
      disks: disks.length,
    });
  }
  return rows;
}

function volumeOf({ source, one }: FoundThing, key: string): VolumeRow[] {
  if (one.kind !== 'vm') return [];
  const { name: vm, ref: vmRef, disks } = one.thing;
  return disks
    .filter((disk) => disk.key === key)
    .map(({ label, sizeBytes, datastore, file }) => ({
      source: source.name,
      vm,
      vmRef,
      key,
      label,
      sizeBytes,
      datastore,
      file,
    }));
}
