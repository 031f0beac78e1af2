/** Looks at both sides and decides everything about a migration, without making anything. */
import type { InventoryVm } from '../../main/shared/inventory.ts';
import { type MigrationRequest, tagOf } from '../../main/shared/migration.ts';
import type { PlanResult } from '../../main/shared/move-jobs.ts';
import type { DestinationDriver, SourceDriver } from '../drivers.ts';
import { noSiteRules, type SiteRules } from '../../main/shared/site-rules.ts';
import { planMigration } from '../plan/plan.ts';
import { describeSame } from '../same-machine.ts';

export async function plan(
  { vm: wanted, options, id }: Pick<MigrationRequest, 'vm' | 'options'> & Partial<Pick<MigrationRequest, 'id'>>,
  { source, destination }: { readonly source: SourceDriver; readonly destination: Pick<DestinationDriver, 'facts'> },
  signal: AbortSignal,
  site: SiteRules = noSiteRules,
): Promise<PlanResult & { readonly vm: InventoryVm }> {
  const [found, cloud] = await Promise.all([describeSame(source, wanted, signal), destination.facts(signal)]);
  const [vm, surroundings, missingPrivileges] = await Promise.all([
    source.withTags(found, signal),
    source.surroundingsOf(found, signal),
    source.missingPrivileges(found, options, signal),
  ]);
  const readings = source.readings(vm, options);
  const own = id === undefined ? {} : { migrationTag: tagOf(id) };
  return { vm, ...planMigration({ vm, ...surroundings, cloud, options, readings, missingPrivileges, site, ...own }) };
}
