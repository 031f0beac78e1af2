/** One wish for several migrations: by their names, for a plan, or for all for which it is possible. */
import type { Command } from 'commander';
import type { MigrationAction } from '../shared/operations.ts';
import type { ActionResult } from '../shared/schedule.ts';
import { GutsError, toErrorInfo } from '../shared/errors.ts';
import { migrationAmong } from './find-migration.ts';
import { ToldError } from './told-error.ts';
import { UsageError } from './usage-error.ts';
import type { Workplace } from './workplace.ts';

export interface ManyFlags {
  readonly plan?: string;
  readonly all?: true;
}

export function manyOptions(command: Command): Command {
  return command
    .argument('[migrations...]', 'ids, or names of machines')
    .option('--plan <plan>', 'all of a plan')
    .option('--all', 'all for which it is possible');
}

/** Whether it is about exactly one, which is followed to its end. */
export const isOne = (which: readonly string[], { plan, all }: ManyFlags): boolean =>
  which.length === 1 && plan === undefined && all !== true;

export async function actOnMany(
  workplace: Workplace,
  action: MigrationAction,
  which: readonly string[],
  { plan, all }: ManyFlags,
): Promise<void> {
  const wishes = [which.length > 0, plan !== undefined, all === true].filter(Boolean).length;
  if (wishes !== 1) throw new UsageError('Name migrations, or give --plan, or --all.');
  const ids = [];
  const known = which.length === 0 ? [] : await workplace.rows('migrations.list', {});
  for (const one of which) ids.push(migrationAmong(known, one).request.id);
  const wish = which.length > 0 ? { ids } : plan === undefined ? { all: true as const } : { plan };
  const result = await workplace.call('migrations.actOnMany', { action, ...wish });
  workplace.terminal.result(result, () => resultsText(result.results, `done: ${action}`));
  demandAllDone(result.results, action);
}

/** @throws ToldError when one of them was refused */
export function demandAllDone(results: readonly ActionResult[], action: MigrationAction): void {
  const failed = results.filter(({ error }) => error !== null).length;
  if (failed > 0) throw new ToldError(toErrorInfo(new NotAllDoneError(failed, action)));
}

class NotAllDoneError extends GutsError {
  readonly code = 'migration.not-all';
  readonly remedy = 'See beside each why; “guts show ID” says what can be done with it.';

  constructor(failed: number, action: MigrationAction) {
    super(`“${action}” was refused for ${failed} of them.`);
  }
}

/** How a wish for several went. */
export function resultsText(results: readonly ActionResult[], done: string): string {
  const failed = results.filter(({ error }) => error !== null);
  return [
    `${results.length - failed.length} of ${results.length} ${done}\n`,
    ...failed.map(({ id, error }) => `${id}: ${error?.code ?? ''}: ${error?.message ?? ''}\n`),
  ].join('');
}
