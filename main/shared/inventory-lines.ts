/** A part of an inventory as text, one thing a line: as it is kept, and as it crosses threads, which costs objects far more. */
import { z } from 'zod';
import { InventoryVm, type InventoryPage } from './inventory.ts';

export interface InventoryLines {
  readonly text: string;
  /** How many of its lines are machines. */
  readonly vms: number;
}

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
});
export type VmRow = z.infer<typeof VmRow>;

/** Between the row of a machine and the machine; in JSON it cannot stand as it is. */
export const ROW_END = '\t';

export const inventoryLines = (page: InventoryPage): InventoryLines => ({
  text: [...linesOf(page)].join(''),
  vms: page.vms.length,
});

/** Each with its end. Warnings are for the operator and not kept. */
function* linesOf({ vms, networks, datastores, hosts, gone, tagged }: InventoryPage): Generator<string> {
  for (const vm of vms) yield `${JSON.stringify(vmRowOf(vm))}${ROW_END}${lineOf({ vm })}`;
  for (const network of networks) yield lineOf({ network });
  for (const datastore of datastores) yield lineOf({ datastore });
  for (const host of hosts) yield lineOf({ host });
  if (gone.length > 0) yield lineOf({ gone });
  if (tagged.length > 0) yield lineOf({ tagged });
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
});

const lineOf = (value: unknown): string => `${JSON.stringify(value)}\n`;
