/** `guts list`, `show`, `start`, `watch`, `pause`, `resume`, `cancel`, `cutover`, `retry`, `delete`: migrations after they were created. */
import { Option, type Command } from 'commander';
import { allowedActions, demandAction } from '../shared/actions.ts';
import { GutsError, toErrorInfo } from '../shared/errors.ts';
import type { ScheduledMigration } from '../shared/schedule.ts';
import { isOver, Stage } from '../shared/stages.ts';
import { actOnMany, isOne, manyOptions, type ManyFlags } from './act-on-many.ts';
import { findMigration, WHICH } from './find-migration.ts';
import { listText, recordText, stateText } from './migration-text.ts';
import { connectionNames, demandSecrets, endWith, follow, runMigration } from './run-migration.ts';
import { ToldError } from './told-error.ts';
import { Workplace } from './workplace.ts';

export function addMigrations(program: Command): void {
  addList(program);
  const show = program
    .command('show')
    .description('one migration: plan, findings, journey, proofs')
    .argument('<migration>', WHICH)
    .action(async (which: string) => {
      await using workplace = await Workplace.open(show);
      const record = await findMigration(workplace, which);
      const names = await connectionNames(workplace);
      workplace.terminal.result(record, () => recordText(record, names));
    });
  addRun(program, 'start', 'run a migration that is planned, or was interrupted');
  addRun(program, 'resume', 'go on with a migration that was paused');
  addRun(program, 'retry', 'run a migration that has failed once more');
  const watch = program
    .command('watch')
    .description('follow a migration until it ends')
    .argument('<migration>', WHICH)
    .action(async (which: string) => {
      await using workplace = await Workplace.open(watch);
      const { request } = await findMigration(workplace, which);
      await endWith(workplace, await follow(workplace, request.id, 0));
    });
  addForSome(program, 'pause', 'stop migrations where they can go on later; what was copied stays', pauseIt);
  addForSome(program, 'cancel', 'stop migrations and undo what they have made on either side', cancelIt);
  addForSome(program, 'cutover', 'move machines whose disks are in sync over to the destination', cutOverIt);
  const remove = program
    .command('delete')
    .description('forget a migration that has ended')
    .argument('<migration>', WHICH)
    .action(async (which: string) => {
      await using workplace = await Workplace.open(remove);
      const { request } = await findMigration(workplace, which);
      const result = await workplace.call('migrations.delete', { id: request.id });
      workplace.terminal.result(result, () => `${request.id} is forgotten.\n`);
    });
}

function addRun(program: Command, action: 'start' | 'resume' | 'retry', description: string): void {
  addForSome(program, action, description, async (workplace, record) => {
    await runMigration(workplace, record, action);
  });
}

/** One is followed to where it stands then; of several is told how the wish went. */
function addForSome(
  program: Command,
  action: 'start' | 'resume' | 'retry' | 'pause' | 'cancel' | 'cutover',
  description: string,
  doIt: (workplace: Workplace, record: ScheduledMigration) => Promise<void>,
): void {
  const command = program.command(action).description(description);
  manyOptions(command).action(async (which: readonly string[], flags: ManyFlags) => {
    await using workplace = await Workplace.open(command);
    const [only = ''] = which;
    if (isOne(which, flags)) await doIt(workplace, await findMigration(workplace, only));
    else await actOnMany(workplace, action, which, flags);
  });
}

async function pauseIt(workplace: Workplace, record: ScheduledMigration): Promise<void> {
  const { id } = record.request;
  demandAction(record, 'pause');
  await workplace.call('migrations.action', { id, action: 'pause' });
  const after = await follow(workplace, id, record.stages.length);
  const [next] = allowedActions(after).filter((one) => one === 'resume' || one === 'start');
  workplace.terminal.result(
    after,
    () => `${id} is ${stateText(after)}.${next === undefined ? '' : ` Go on: guts ${next} ${id}`}\n`,
  );
  if (isOver(after.stage)) throw new ToldError(toErrorInfo(new TooLateError(after)));
}

class TooLateError extends GutsError {
  readonly code = 'migration.too-late';
  readonly remedy = 'See “guts show” for what became of it.';

  constructor({ request, stage }: ScheduledMigration) {
    super(`${request.id} (“${request.vm.name}”) was not paused: it has ended as “${stage}”.`);
  }
}

async function cancelIt(workplace: Workplace, record: ScheduledMigration): Promise<void> {
  demandAction(record, 'cancel');
  const { id, source, destination } = record.request;
  if (record.ledger.length > 0) await demandSecrets(workplace, { source, destination });
  await workplace.call('migrations.action', { id, action: 'cancel' });
  const after = await follow(workplace, id, record.stages.length);
  workplace.terminal.result(after, () =>
    after.ledger.length === 0
      ? `${id} is cancelled; nothing of it is left.\n`
      : `${id} is ${stateText(after)}. Still there:\n${after.ledger.map(({ side, kind, name, id }) => `  ${side} ${kind} ${name} ${id ?? ''}\n`).join('')}`,
  );
  if (after.error !== null) throw new ToldError(after.error);
}

async function cutOverIt(workplace: Workplace, record: ScheduledMigration): Promise<void> {
  demandAction(record, 'cutover');
  const { id } = record.request;
  await workplace.call('migrations.action', { id, action: 'cutover' });
  await endWith(workplace, await follow(workplace, id, record.stages.length));
}

interface ListFlags {
  readonly source?: string;
  readonly destination?: string;
  readonly stage?: Stage;
  readonly vm?: string;
}

function addList(program: Command): void {
  const list = program
    .command('list')
    .description('the migrations that this machine knows, newest first')
    .option('--source <source>', 'only from there')
    .option('--destination <destination>', 'only to there')
    .addOption(new Option('--stage <stage>', 'only at this stage').choices(Stage.options))
    .option('--vm <pattern>', 'only of machines with such a name; * is any text, ? any letter')
    .action(async ({ source, destination, stage, vm }: ListFlags) => {
      await using workplace = await Workplace.open(list);
      const wishes = { source, destination, stage, vm };
      const migrations = await workplace.rows('migrations.list', wishes);
      const names = await connectionNames(workplace);
      workplace.terminal.result({ migrations }, () => listText(migrations, names));
    });
}
