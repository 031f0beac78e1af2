/** Which migrations a wish for several is about: the same for whoever does it and for whoever judges whether it may be done. */
import type { MigrationId } from '../shared/migration.ts';
import type { MigrationAction, ParsedOf } from '../shared/operations.ts';
import type { ScheduledMigration } from '../shared/schedule.ts';
import { allowedActions } from '../shared/actions.ts';

type Choice = Omit<ParsedOf<'migrations.actOnMany'>, 'action'>;

/** @param those all, or those of a plan: of them, the ones that the action would not be refused for */
export async function chosenBy(
  { ids, plan, all }: Choice,
  action: MigrationAction,
  those: (plan: string | null) => AsyncIterable<ScheduledMigration>,
): Promise<readonly MigrationId[]> {
  if (ids !== undefined) return ids;
  if (plan === undefined && all !== true) return []; // no choice is not all of them
  const fitting: MigrationId[] = [];
  for await (const one of those(plan ?? null)) if (allowedActions(one).includes(action)) fitting.push(one.request.id);
  return fitting;
}
