/** What a source has: as it was last read, or read now where nothing is kept yet. */
import type { SourceConnection, SourceId, SourceSignIn } from '../shared/connections.ts';
import type { SourceInventoryResult } from '../shared/move-jobs.ts';
import { NoInventoryError, type InventoryStore } from '../store/inventory.ts';
import type { InventoryView } from '../store/inventory-view.ts';
import { NoSecretError } from '../vault/errors.ts';
import type { Parts } from './handlers.ts';
import { Joint } from './joint.ts';

export type InventoryParts = Pick<Parts, 'connections' | 'inventories' | 'signIns' | 'engines' | 'events'>;

const READING_EVERY_MS = 500;

type Readings = Joint<SourceId, SourceInventoryResult>;
/** Those that are under way, by where they are kept: two of one source would write the same file. */
const readings = new WeakMap<InventoryStore, Readings>();

/** Reads it page by page into Guts's own files. What was kept before stays until everything was told. */
export async function refreshInventory(
  parts: InventoryParts,
  nameOrId: string,
  signal: AbortSignal,
): Promise<SourceInventoryResult> {
  const { inventories, signIns } = parts;
  const signIn = await signIns.source(nameOrId);
  const own = readings.get(inventories) ?? new Joint();
  readings.set(inventories, own);
  return await own.join(signIn.connection.id, signal, async (stop) => await read(parts, signIn, stop));
}

async function read(
  { connections, inventories, engines, events }: InventoryParts,
  signIn: SourceSignIn,
  signal: AbortSignal,
): Promise<SourceInventoryResult> {
  const { id } = signIn.connection;
  await using writer = await inventories.writer(id);
  const tellReading = readingTeller(id, events);
  const result = await engines.run({ kind: 'source.inventory', ...signIn }, signal, {
    onPage: ({ text, vms }) => {
      writer.addLines(text);
      tellReading(vms);
    },
  });
  await writer.finish();
  const isThere = await connections.setAbout('source', id, result.about);
  if (isThere) events.tell({ kind: 'inventory', source: id, vms: result.vms });
  else await inventories.remove(id); // it was deleted meanwhile
  return result;
}

/** Tells how many machines there are so far, now and then. */
function readingTeller(source: SourceId, events: Parts['events']): (vms: number) => void {
  let sum = 0;
  let toldAtMs = -Infinity;
  return (vms) => {
    sum += vms;
    if (performance.now() - toldAtMs < READING_EVERY_MS) return;
    toldAtMs = performance.now();
    events.tell({ kind: 'inventory.reading', source, vms: sum });
  };
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
