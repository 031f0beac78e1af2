/** Reads what a source has, page by page, into Guts's own files. */
import type { SourceConnection, SourceSignIn } from '../shared/connections.ts';
import type { SourceInventoryResult } from '../shared/move-jobs.ts';
import { NoInventoryError, type Inventory, type InventoryThing } from '../store/inventory.ts';
import { NoSecretError } from '../vault/errors.ts';
import type { Workplace } from './workplace.ts';

/** What was kept before stays until everything was told. */
export async function refreshInventory(workplace: Workplace, signIn: SourceSignIn): Promise<SourceInventoryResult> {
  await using writer = await workplace.inventories.writer(signIn.connection.id);
  let vms = 0;
  const result = await workplace.perform(
    { kind: 'source.inventory', ...signIn },
    {
      onPage: (page) => {
        writer.add(page);
        vms += page.vms.length;
        workplace.terminal.progressLine(`reading the inventory of “${signIn.connection.name}”: ${vms} machines …`);
      },
    },
  );
  await writer.finish();
  await workplace.connections.put('source', { ...signIn.connection, about: result.about });
  return result;
}

/** What is kept, or read now where nothing is. @throws NoInventoryError where it cannot be read without a secret */
export async function inventoryOf(
  workplace: Workplace,
  connection: SourceConnection,
  wanted: (one: InventoryThing) => boolean,
): Promise<Inventory> {
  const kept = await workplace.inventories.read(connection.id, wanted);
  if (kept !== null) return kept;
  try {
    await refreshInventory(workplace, await workplace.signInToSource(connection.id));
  } catch (error) {
    if (error instanceof NoSecretError) throw new NoInventoryError(connection.name);
    throw error;
  }
  const fresh = await workplace.inventories.read(connection.id, wanted);
  if (fresh === null) throw new NoInventoryError(connection.name);
  return fresh;
}
