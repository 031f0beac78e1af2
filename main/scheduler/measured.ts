/** What a migration takes of slots and space, by its journal, which is kept here wherever it runs. */
import type { Parts } from '../operations/handlers.ts';
import type { MigrationRequest } from '../shared/migration.ts';
import type { SlotUse } from '../shared/schedule.ts';
import { routesOf, spaceFor } from './space.ts';

const never = new AbortController().signal;

/** As preflight found it. @throws UnknownMigrationError */
export async function measured(
  { engines, dataDir }: Pick<Parts, 'engines' | 'dataDir'>,
  { id, source, destination }: MigrationRequest,
): Promise<SlotUse> {
  const { record, vm } = await engines.run({ kind: 'journey', id, dataDir }, never);
  const { plan } = record;
  const keys = new Set(plan?.disks.map(({ key }) => key));
  const disks = vm?.disks.filter(({ key }) => keys.has(key)) ?? [];
  return {
    source,
    destination,
    host: vm?.host ?? null,
    datastores: [...new Set(disks.flatMap(({ datastore }) => datastore ?? []))],
    disks: keys.size,
    spaceBytes: spaceFor(plan === null ? [] : routesOf(plan, vm)),
  };
}
