/** Answers what the sources have: machines, networks, datastores, hosts, and the disks of machines. */
import { find, findOne, findVm, readAll, wantedBy, type Found, type FoundThing } from './find.ts';
import type { InventoryParts } from './inventory.ts';
import type { Some } from './handlers.ts';
import { pageOf } from './paging.ts';
import type { Instance, Resource, VolumeRow } from '../shared/operations.ts';

export function resourceHandlers(
  parts: InventoryParts,
): Some<'resources.list' | 'resources.show' | 'instances.list' | 'instances.show' | 'volumes.list'> {
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
