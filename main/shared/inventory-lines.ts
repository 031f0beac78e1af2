/** A part of an inventory as text, one thing a line: as it is kept, and as it crosses threads, which costs objects far more. */
import type { InventoryPage } from './inventory.ts';

export interface InventoryLines {
  readonly text: string;
  /** How many of its lines are machines. */
  readonly vms: number;
}

export const inventoryLines = (page: InventoryPage): InventoryLines => ({
  text: [...linesOf(page)].join(''),
  vms: page.vms.length,
});

/** Each with its end. Warnings are for the operator and not kept. */
export function* linesOf({ vms, networks, datastores, hosts, gone, tagged }: InventoryPage): Generator<string> {
  for (const vm of vms) yield lineOf({ vm });
  for (const network of networks) yield lineOf({ network });
  for (const datastore of datastores) yield lineOf({ datastore });
  for (const host of hosts) yield lineOf({ host });
  if (gone.length > 0) yield lineOf({ gone });
  if (tagged.length > 0) yield lineOf({ tagged });
}

const lineOf = (value: unknown): string => `${JSON.stringify(value)}\n`;
