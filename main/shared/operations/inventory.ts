/** What can be asked about what sources have: machines, networks, datastores, hosts, disks. */
import { z } from 'zod';
import { SourceId } from '../connections.ts';
import { RowFacts, VmRow } from '../inventory-lines.ts';
import { InventoryDatastore, InventoryHost, InventoryNetwork, InventoryVm } from '../inventory.ts';
import { operation, type Operation, which, pattern, next, page } from './operation.ts';

const vmFilters = {
  source: which.optional(),
  name: pattern.optional(),
  power: z.enum(['on', 'off', 'suspended']).optional(),
  os: pattern.optional(),
  network: pattern.optional(),
  folder: pattern.optional(),
  cluster: pattern.optional(),
  tag: pattern.optional().describe('a tag, as NAME or CATEGORY:NAME'),
};
/** A thing of an inventory, with the name of its source and the age of what is known. */
const found = { source: z.string(), takenAt: z.iso.datetime() };
export const Resource = z.discriminatedUnion('type', [
  InventoryVm.extend({ ...found, type: z.literal('vm') }),
  InventoryNetwork.extend({ ...found, type: z.literal('network') }),
  InventoryDatastore.extend({ ...found, type: z.literal('datastore') }),
  InventoryHost.extend({ ...found, type: z.literal('host') }),
]);
export type Resource = z.infer<typeof Resource>;
export const Instance = InventoryVm.extend(found);
export type Instance = z.infer<typeof Instance>;

/** A machine as lists show it: a line of a table. */
export const InstanceRow = RowFacts.extend({
  source: SourceId,
  ...VmRow.pick({ ref: true, name: true, power: true, networks: true, folder: true, cluster: true, tags: true }).shape,
  /** As the source names it. */
  os: z.string(),
  /** Names, where the source tells them. */
  host: z.string(),
  datastores: z.array(z.string()),
  /** How many. */
  disks: z.number(),
});
export type InstanceRow = z.infer<typeof InstanceRow>;

export const NetworkRow = z.object({
  side: z.enum(['source', 'destination']),
  connection: z.string(),
  name: z.string(),
  id: z.string(),
  kind: z.string(),
  /** VLAN, or segment of an overlay. */
  segment: z.number().nullable(),
  subnets: z.array(z.string()),
});
export type NetworkRow = z.infer<typeof NetworkRow>;

export const VolumeRow = z.object({
  source: z.string(),
  vm: z.string(),
  vmRef: z.string(),
  key: z.string(),
  label: z.string(),
  sizeBytes: z.number(),
  datastore: z.string().nullable(),
  file: z.string().nullable(),
});
export type VolumeRow = z.infer<typeof VolumeRow>;

export const inventoryOperations = {
  'resources.list': operation({
    method: 'GET',
    path: '/v1/resources',
    input: z.object({ ...vmFilters, type: z.enum(['vm', 'network', 'datastore', 'host']).optional(), ...page }),
    output: z.object({ resources: z.array(Resource), next }),
    role: 'viewer',
    summary: 'What the sources have, as their inventories were last read',
  }),
  'resources.show': operation({
    method: 'GET',
    path: '/v1/resources/{resource}',
    input: z.object({ resource: which, source: which.optional() }),
    output: Resource,
    role: 'viewer',
    summary: 'Everything that is known of one thing, by its name or ref',
  }),
  'instances.list': operation({
    method: 'GET',
    path: '/v1/instances',
    input: z.object({ ...vmFilters, ...page }),
    output: z.object({ instances: z.array(Instance), next }),
    role: 'viewer',
    summary: 'The machines that can be moved',
  }),
  'instances.rows': operation({
    method: 'GET',
    path: '/v1/instance-rows',
    input: z.object({ ...vmFilters, ...page }),
    output: z.object({ rows: z.array(InstanceRow), next }),
    role: 'viewer',
    summary:
      'The same as lines of a table: power, system, sizes; without disks, network cards and snapshots one by one',
  }),
  'instances.show': operation({
    method: 'GET',
    path: '/v1/instances/{instance}',
    input: z.object({ instance: which, source: which.optional() }),
    output: Instance,
    role: 'viewer',
    summary: 'One machine, by its name or ref',
  }),
  'networks.list': operation({
    method: 'GET',
    path: '/v1/networks',
    input: z.object({
      source: which.optional(),
      destination: which.optional(),
      name: pattern.optional(),
      refresh: z.boolean().default(false).describe('ask the destinations anew'),
    }),
    output: z.object({ networks: z.array(NetworkRow) }),
    role: 'viewer',
    summary: 'The networks of both sides',
  }),
  'volumes.list': operation({
    method: 'GET',
    path: '/v1/volumes',
    input: z.object({ source: which.optional(), vm: pattern.optional(), ...page }),
    output: z.object({ volumes: z.array(VolumeRow), next }),
    role: 'viewer',
    summary: 'The disks of the machines',
  }),
} satisfies Readonly<Record<string, Operation>>;
