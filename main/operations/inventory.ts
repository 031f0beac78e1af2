/** What a source has: as it was last read, or read now where nothing is kept yet. */
import type { SourceConnection } from '../shared/connections.ts';
import type { SourceInventoryResult } from '../shared/move-jobs.ts';
import { NoInventoryError } from '../store/inventory.ts';
import type { InventoryView } from '../store/inventory-view.ts';
import { NoSecretError } from '../vault/errors.ts';
import type { Parts } from './handlers.ts';

export type InventoryParts = Pick<Parts, 'connections' | 'inventories' | 'signIns' | 'engines' | 'events'>;

/** Reads it page by page into Guts's own files. What was kept before stays until everything was told. */
export async function refreshInventory(
  { connections, inventories, signIns, engines, events }: InventoryParts,
  nameOrId: string,
  signal: AbortSignal,
): Promise<SourceInventoryResult> {
  const signIn = await signIns.source(nameOrId);
  const { id } = signIn.connection;
  await using writer = await inventories.writer(id);
  const result = await engines.run({ kind: 'source.inventory', ...signIn }, signal, {
    onPage: ({ text }) => writer.addLines(text),
  });
  await writer.finish();
  await connections.put('source', { ...signIn.connection, about: result.about });
  events.tell({ kind: 'inventory', source: id, vms: result.vms });
  return result;
}

/** What is kept, or read now where nothing is. @throws NoInventoryError where it cannot be read without a secret */
export async function inventoryOf(
  parts: InventoryParts,
  { id, name }: SourceConnection,
  signal: AbortSignal,
): Promise<InventoryView> {
  const kept = await parts.inventories.view(id);
  if (kept !== null) return kept;
  try {
    await refreshInventory(parts, id, signal);
  } catch (error) {
    if (error instanceof NoSecretError) throw new NoInventoryError(name);
    throw error;
  }
  const fresh = await parts.inventories.view(id);
  if (fresh === null) throw new NoInventoryError(name);
  return fresh;
}
