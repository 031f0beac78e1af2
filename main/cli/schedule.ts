/** `guts schedule`, `hold`, `release`: when migrations may start. */
import type { Command } from 'commander';
import type { MigrationAction } from '../shared/operations.ts';
import type { Schedule, TimeWindow } from '../shared/schedule.ts';
import { actOnMany, manyOptions, type ManyFlags } from './act-on-many.ts';
import { findMigration, WHICH } from './find-migration.ts';
import { wholeNumber } from './migration-flags.ts';
import { momentOf } from './moment.ts';
import { repeated } from './repeated.ts';
import { sheet } from './table.ts';
import { UsageError } from './usage-error.ts';
import { windowOf } from './window.ts';
import { Workplace } from './workplace.ts';

interface Flags {
  readonly priority?: number;
  readonly notBefore?: string;
  readonly window?: TimeWindow;
  readonly wave?: number;
  readonly after?: readonly string[];
}

export function addSchedule(program: Command): void {
  const command = program
    .command('schedule')
    .description('change when a migration may start; what is not named stays')
    .argument('<migration>', WHICH)
    .option('--priority <n>', 'higher goes first', wholeNumber(-1000, 1000))
    .option('--not-before <moment>', 'a date, a time, or a span from now such as 12h', momentOf)
    .option('--window <when>', 'start only then, as "0 22 * * 1-5 for 6h in Europe/Berlin"', windowOf)
    .option('--wave <n>', 'which wave of its plan', wholeNumber(1, 10_000))
    .option('--after <migration>', 'only when this one is done (may be repeated)', repeated)
    .action(async (which: string, { after, ...flags }: Flags) => {
      await using workplace = await Workplace.open(command);
      const { request } = await findMigration(workplace, which);
      const first = [];
      for (const one of after ?? []) first.push((await findMigration(workplace, one)).request.id);
      const schedule: Partial<Schedule> = {
        ...(flags.priority === undefined ? {} : { priority: flags.priority }),
        ...(flags.notBefore === undefined ? {} : { notBefore: flags.notBefore }),
        ...(flags.window === undefined ? {} : { window: flags.window }),
        ...(flags.wave === undefined ? {} : { wave: flags.wave }),
        ...(after === undefined ? {} : { after: first }),
      };
      if (Object.keys(schedule).length === 0) throw new UsageError('Say what to change: see guts schedule --help.');
      const changed = await workplace.call('migrations.schedule', { id: request.id, schedule });
      workplace.terminal.result(changed, () =>
        sheet([
          ['migration', `${request.id} (${request.vm.name})`],
          ['waits for', changed.waitsFor?.says ?? 'nothing'],
        ]),
      );
    });
  addForMany(program, 'hold', 'keep migrations in the queue from starting');
  addForMany(program, 'release', 'let migrations start that were held');
}

/** The same wish for some, for a plan, or for all. */
function addForMany(program: Command, action: MigrationAction, description: string): void {
  const command = program.command(action).description(description);
  manyOptions(command).action(async (which: readonly string[], flags: ManyFlags) => {
    await using workplace = await Workplace.open(command);
    await actOnMany(workplace, action, which, flags);
  });
}
