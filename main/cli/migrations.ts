/** `guts list`, `show`, `start`, `watch`, `pause`, `resume`, `cancel`, `retry`, `delete`: migrations after they were created. */
import { Option, type Command } from 'commander';
import { AmbiguousResourceError } from '../operations/errors.ts';
import { GutsError } from '../shared/errors.ts';
import type { MigrationRecord } from '../shared/migration.ts';
import type { ScheduledMigration } from '../shared/schedule.ts';
import { exits, isOver, Stage, type StageEvent } from '../shared/stages.ts';
import { listText, recordText, stateText } from './migration-text.ts';
import { connectionNames, endWith, follow, runMigration } from './run-migration.ts';
import { ToldError } from './told-error.ts';
import { UnknownMigrationError } from '../store/uncached-migrations.ts';
import { Workplace } from './workplace.ts';

const WHICH = 'its id, the beginning of it, or the name of its machine';

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
  const pause = program
    .command('pause')
    .description('stop a migration where it can go on later; what was copied stays')
    .argument('<migration>', WHICH)
    .action(async (which: string) => {
      await using workplace = await Workplace.open(pause);
      const record = await findMigration(workplace, which);
      const { id } = record.request;
      await workplace.call('migrations.action', { id, action: 'pause' });
      const after = await follow(workplace, id, record.stages.length);
      workplace.terminal.result(after, () => `${id} is ${stateText(after)}. Go on: guts resume ${id}\n`);
    });
  const cancel = program
    .command('cancel')
    .description('stop a migration and undo what it has made on either side')
    .argument('<migration>', WHICH)
    .action(async (which: string) => {
      await using workplace = await Workplace.open(cancel);
      await cancelIt(workplace, await findMigration(workplace, which));
    });
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
  const command = program
    .command(action)
    .description(description)
    .argument('<migration>', WHICH)
    .action(async (which: string) => {
      await using workplace = await Workplace.open(command);
      const record = await findMigration(workplace, which);
      demandExit(record, action);
      await runMigration(workplace, record, action);
    });
}

async function cancelIt(workplace: Workplace, record: ScheduledMigration): Promise<void> {
  demandExit(record, 'cancel');
  const { id, source, destination } = record.request;
  if (record.ledger.length > 0) {
    await workplace.demandSecret('source', source);
    await workplace.demandSecret('destination', destination);
  }
  await workplace.call('migrations.action', { id, action: 'cancel' });
  const after = await follow(workplace, id, record.stages.length);
  workplace.terminal.result(after, () =>
    after.ledger.length === 0
      ? `${id} is cancelled; nothing of it is left.\n`
      : `${id} is ${stateText(after)}. Still there:\n${after.ledger.map(({ side, kind, name, id }) => `  ${side} ${kind} ${name} ${id ?? ''}\n`).join('')}`,
  );
  if (after.error !== null) throw new ToldError(after.error);
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

class NoExitError extends GutsError {
  readonly code = 'migration.no-such-step';
  readonly remedy: string;

  constructor(record: MigrationRecord, event: StageEvent) {
    const { request, stage, isRunning } = record;
    super(
      isRunning
        ? `Another process works on ${request.id} (“${request.vm.name}”); it stands at “${stage}”.`
        : `${request.id} (“${request.vm.name}”) is ${stateText(record)}, so “${event}” does not fit.`,
    );
    const able = Object.keys(exits[stage]).filter((word) => ['start', 'resume', 'retry', 'cancel'].includes(word));
    this.remedy = isRunning
      ? `Follow it with “guts watch ${request.id}”, or stop it with “guts cancel ${request.id}”.`
      : able.length > 0
        ? `What can be done: ${able.map((word) => `guts ${word} ${request.id}`).join(', ')}.`
        : 'Create a new migration for the machine.';
  }
}

/** The table of stages decides; one that was interrupted can also be started where it stands. */
function demandExit(record: MigrationRecord, event: 'start' | 'resume' | 'retry' | 'cancel'): void {
  const { stage, isRunning } = record;
  const isInterrupted = !isRunning && !isOver(stage) && stage !== 'planned';
  const isFree = event === 'cancel' || !isRunning;
  if (isFree && (exits[stage][event] !== undefined || isInterrupted)) return;
  throw new NoExitError(record, event);
}

/** @throws UnknownMigrationError, AmbiguousResourceError */
export async function findMigration(workplace: Workplace, which: string): Promise<ScheduledMigration> {
  const all = await workplace.rows('migrations.list', {});
  const suits: ((record: MigrationRecord) => boolean)[] = [
    ({ request }) => request.id === which,
    ({ request }) => request.vm.name === which,
    ({ request }) => which.length >= 4 && (request.id.startsWith(which) || request.id.startsWith(`mig_${which}`)),
  ];
  for (const suit of suits) {
    const [found, ...others] = all.filter(suit);
    if (found !== undefined && others.length === 0) return found;
    if (found !== undefined)
      throw new AmbiguousResourceError(
        which,
        [found, ...others].map((record) => `${record.request.id} (${record.request.vm.name}, ${stateText(record)})`),
      );
  }
  throw new UnknownMigrationError(which);
}
