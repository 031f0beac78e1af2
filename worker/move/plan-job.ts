/** Looks at both sides and decides everything about a migration, without making anything. */
import type { InventoryVm } from '../../main/shared/inventory.ts';
import type { MigrationRequest } from '../../main/shared/migration.ts';
import type { PlanResult } from '../../main/shared/move-jobs.ts';
import type { Sides } from '../engine/migrate/in-hand.ts';
import { planMigration } from '../plan/plan.ts';

export async function plan(
  { vm: { ref }, options }: MigrationRequest,
  { source, destination }: Sides,
  signal: AbortSignal,
): Promise<PlanResult & { readonly vm: InventoryVm }> {
  const [vm, cloud] = await Promise.all([source.describe(ref, signal), destination.facts(signal)]);
  const [networks, missingPrivileges] = await Promise.all([
    source.networksOf(vm, signal),
    source.missingPrivileges(vm, options, signal),
  ]);
  const readings = source.readings(vm, options);
  return { vm, ...planMigration({ vm, networks, cloud, options, readings, missingPrivileges }) };
}
