/** Answers what the sources have: machines, networks, datastores, hosts, and the disks of machines. */
import { find, findOne, findVm, taggedBy, wantedBy, type Found } from './find.ts';
import type { InventoryParts } from './inventory.ts';
import type { Some } from './handlers.ts';
import { matcher } from './glob.ts';
import { pageOf } from './paging.ts';
import type { Instance, Resource, VolumeRow } from '../shared/operations.ts';

export function resourceHandlers(
  parts: InventoryParts,
): Some<'resources.list' | 'resources.show' | 'instances.list' | 'instances.show' | 'volumes.list'> {
  return {
    'resources.list': async ({ source, limit, marker, ...filters }, { signal }) => {
      const found = await find(parts, source, wantedBy(filters), signal, taggedBy(filters));
      const { page, next } = pageOf(found, keyOf, { limit, marker });
      return { resources: page.map(resourceOf), next };
    },
    'resources.show': async ({ resource, source }, { signal }) =>
      resourceOf(await findOne(parts, source, resource, signal)),
    'instances.list': async ({ source, limit, marker, ...filters }, { signal }) => {
      const found = await find(parts, source, wantedBy({ ...filters, type: 'vm' }), signal, taggedBy(filters));
      const { page, next } = pageOf(found, keyOf, { limit, marker });
      return { instances: page.flatMap(instanceOf), next };
    },
    'instances.show': async ({ instance, source }, { signal }) => {
      const { vm, takenAt, source: from } = await findVm(parts, source, instance, signal);
      return { ...vm, source: from.name, takenAt };
    },
    'volumes.list': async ({ source, vm, limit, marker }, { signal }) => {
      const suits = matcher(vm);
      const found = await find(parts, source, ({ kind, thing }) => kind === 'vm' && suits(thing.name), signal);
      const rows = found.flatMap(volumesOf);
      const { page, next } = pageOf(rows, (row) => `${row.source}/${row.vmRef}/${row.key}`, { limit, marker });
      return { volumes: page, next };
    },
  };
}

const keyOf = ({ source, one }: Found): string => `${source.id}/${one.thing.ref}`;

function resourceOf({ source, takenAt, one }: Found): Resource {
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

const instanceOf = ({ source, takenAt, one }: Found): Instance[] =>
  one.kind === 'vm' ? [{ source: source.name, takenAt, ...one.thing }] : [];

function volumesOf({ source, one }: Found): VolumeRow[] {
  if (one.kind !== 'vm') return [];
  const { name: vm, ref: vmRef, disks } = one.thing;
  return disks.map(({ key, label, sizeBytes, datastore, file }) => ({
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
