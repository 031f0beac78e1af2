/** A part of an inventory as text, one thing a line: as it is kept, and as it crosses threads, which costs objects far more. */
import { z } from 'zod';
import { HypervFacts, InventoryVm, type InventoryPage } from './inventory.ts';
import { uuidsOf } from './machine-ref.ts';

export interface InventoryLines {
  readonly text: string;
  /** How many of its lines are machines. */
  readonly vms: number;
}

/** What a table shows of a machine beside what it is looked for by. */
export const RowFacts = z.object({
  isTemplate: z.boolean(),
  datacenter: z.string(),
  /** Refs. */
  host: z.string(),
  datastores: z.array(z.string()),
  cpus: z.number(),
  memoryBytes: z.number(),
  /** Of all its disks. */
  diskBytes: z.number(),
  /** What these take on the datastores; null where that is not known of each. */
  usedBytes: z.number().nullable(),
  nics: z.number(),
  firmware: InventoryVm.shape.firmware,
  tools: InventoryVm.shape.guest.shape.tools,
  isToolsOld: z.boolean(),
  changeTracking: z.boolean(),
  snapshots: z.number(),
  /** By which other lists know it: of the instance, of the BIOS. */
  uuids: z.array(z.string()),
  /** Left out by other hypervisors. */
  hyperv: HypervFacts.pick({ generation: true, version: true, replication: true }).optional(),
});
export type RowFacts = z.infer<typeof RowFacts>;

/** What machines are listed, sorted and looked for by: it stands before each of them, so that a list reads no more. */
export const VmRow = z.object({
  ref: z.string(),
  name: z.string(),
  power: InventoryVm.shape.power,
  os: z.array(z.string()),
  networks: z.array(z.string()),
  folder: z.string(),
  cluster: z.string(),
  tags: z.array(z.string()),
  /** Keys of its disks. */
  disks: z.array(z.string()),
  facts: RowFacts,
});
export type VmRow = z.infer<typeof VmRow>;

/** Between the row of a machine and the machine; in JSON it cannot stand as it is. */
export const ROW_END = '\t';

export const inventoryLines = (page: InventoryPage): InventoryLines => ({
  text: [...linesOf(page)].join(''),
  vms: page.vms.length,
});

/** Each with its end. Warnings are for the operator and not kept. */
function* linesOf({ vms, networks, datastores, hosts, gone, tagged, tagsUntold }: InventoryPage): Generator<string> {
  for (const vm of vms) yield `${JSON.stringify(vmRowOf(vm))}${ROW_END}${lineOf({ vm })}`;
  for (const network of networks) yield lineOf({ network });
  for (const datastore of datastores) yield lineOf({ datastore });
  for (const host of hosts) yield lineOf({ host });
  if (gone.length > 0) yield lineOf({ gone });
  if (tagged.length > 0) yield lineOf({ tagged });
  if (tagsUntold !== undefined) yield lineOf({ tagsUntold });
}

export const vmRowOf = (vm: InventoryVm): VmRow => ({
  ref: vm.ref,
  name: vm.name,
  power: vm.power,
  os: [vm.guestOsName ?? '', vm.guestOsId ?? ''],
  networks: vm.nics.map(({ networkName }) => networkName ?? ''),
  folder: vm.folder,
  cluster: vm.cluster ?? '',
  tags: vm.tags,
  disks: vm.disks.map(({ key }) => key),
  facts: factsOf(vm),
});

const factsOf = (vm: InventoryVm): RowFacts => ({
  isTemplate: vm.isTemplate,
  datacenter: vm.datacenter ?? '',
  host: vm.host ?? '',
  datastores: [...new Set(vm.disks.flatMap(({ datastore }) => datastore ?? []))],
  cpus: vm.cpus,
  memoryBytes: vm.memoryBytes,
  diskBytes: vm.disks.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  usedBytes: vm.disks.reduce<number | null>(
    (sum, { storedBytes }) => (sum === null || storedBytes === null ? null : sum + storedBytes),
    0,
  ),
  nics: vm.nics.length,
  firmware: vm.firmware,
  tools: vm.guest.tools,
  isToolsOld: vm.guest.isToolsOld,
  changeTracking: vm.changeTracking,
  snapshots: vm.snapshots.length,
  uuids: uuidsOf(vm),
  ...(vm.hyperv === undefined ? {} : { hyperv: ofHyperv(vm.hyperv) }),
});

const ofHyperv = ({ generation, version, replication }: HypervFacts): RowFacts['hyperv'] => ({
  generation,
  version,
  replication,
});

const lineOf = (value: unknown): string => `${JSON.stringify(value)}\n`;
