/** `guts list`, `show`, `start`, `watch`, `cancel`, `retry`, `delete`: migrations after they were created. */
import { setTimeout as pause } from 'node:timers/promises';
import { Option, type Command } from 'commander';
import { EngineClient } from '../engine-client.ts';
import { GutsError } from '../shared/errors.ts';
import type { MigrationRecord } from '../shared/migration.ts';
import { exits, isOver, Stage, type StageEvent } from '../shared/stages.ts';
import { AmbiguousResourceError } from './resources.ts';
import { matcher } from './glob.ts';
import { listText, recordText, stateText } from './migration-text.ts';
import { lanesOption } from './options.ts';
import { debug } from './run.ts';
import { connectionNames, endWith, runMigration, tellStage, UnknownMigrationError } from './run-migration.ts';
import { Workplace } from './workplace.ts';

const WHICH = 'its id, the beginning of it, or the name of its machine';
/** How often a migration of another process is looked at. */
const LOOK_EVERY_MS = 1000;

export function addMigrations(program: Command): void {
  addList(program);
  const show = program
    .command('show')
    .description('one migration: plan, findings, journey, proofs')
    .argument('<migration>', WHICH)
    .action(async (which: string) => {
      const workplace = new Workplace(show);
      const record = await findMigration(workplace, which);
      const names = await connectionNames(workplace);
      workplace.terminal.result(record, () => recordText(record, names));
    });
  const start = program
    .command('start')
    .description('run a migration that is planned, or was interrupted')
    .argument('<migration>', WHICH)
    .addOption(lanesOption())
    .action(async (which: string, { lanes }: { readonly lanes: number }) => run(start, which, lanes, 'start'));
  const retry = program
    .command('retry')
    .description('run a migration that has failed once more')
    .argument('<migration>', WHICH)
    .addOption(lanesOption())
    .action(async (which: string, { lanes }: { readonly lanes: number }) => run(retry, which, lanes, 'retry'));
  const watch = program
    .command('watch')
    .description('follow a migration of another process until it ends')
    .argument('<migration>', WHICH)
    .action(async (which: string) => {
      const workplace = new Workplace(watch);
      await endWith(workplace, await watched(workplace, await findMigration(workplace, which)));
    });
  const cancel = program
    .command('cancel')
    .description('stop a migration and undo what it has made on either side')
    .argument('<migration>', WHICH)
    .action(async (which: string) => {
      const workplace = new Workplace(cancel);
      const { request, ...record } = await findMigration(workplace, which);
      demandExit({ request, ...record }, 'cancel');
      const source = await workplace.signInToSource(request.source);
      const destination = await workplace.signInToDestination(request.destination);
      const { dataDir, terminal } = workplace;
      const after = await workplace.perform(
        { kind: 'cancelMigration', id: request.id, source, destination, dataDir },
        { onStage: (stage) => tellStage(workplace, stage) },
      );
      terminal.result(after, () =>
        after.ledger.length === 0
          ? `${request.id} is cancelled; nothing of it is left.\n`
          : `${request.id} is ${stateText(after)}. Still there:\n${after.ledger.map(({ side, kind, name, id }) => `  ${side} ${kind} ${name} ${id ?? ''}\n`).join('')}`,
      );
    });
  const remove = program
    .command('delete')
    .description('forget a migration that has ended')
    .argument('<migration>', WHICH)
    .action(async (which: string) => {
      const workplace = new Workplace(remove);
      const { request } = await findMigration(workplace, which);
      await workplace.perform({ kind: 'deleteMigration', id: request.id, dataDir: workplace.dataDir });
      workplace.terminal.result({ deleted: request.id }, () => `${request.id} is forgotten.\n`);
    });
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
      const workplace = new Workplace(list);
      const { connections, terminal, dataDir } = workplace;
      const from = source === undefined ? null : (await connections.find('source', source)).id;
      const to = destination === undefined ? null : (await connections.find('destination', destination)).id;
      const suits = matcher(vm);
      const all = await workplace.perform({ kind: 'migrations', dataDir, id: null });
      const migrations = all.filter(
        ({ request, stage: now }) =>
          (from === null || request.source === from) &&
          (to === null || request.destination === to) &&
          (stage === undefined || now === stage) &&
          suits(request.vm.name),
      );
      const names = await connectionNames(workplace);
      terminal.result({ migrations }, () => listText(migrations, names));
    });
}

async function run(command: Command, which: string, lanes: number, event: 'start' | 'retry'): Promise<void> {
  const workplace = new Workplace(command);
  const record = await findMigration(workplace, which);
  demandExit(record, event);
  await runMigration(workplace, record.request, lanes);
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
    const able = Object.keys(exits[stage]).filter((word) => ['start', 'retry', 'cancel'].includes(word));
    this.remedy = isRunning
      ? `Follow it with “guts watch ${request.id}”, or stop it with “guts cancel ${request.id}”.`
      : able.length > 0
        ? `What can be done: ${able.map((word) => `guts ${word} ${request.id}`).join(', ')}.`
        : 'Create a new migration for the machine.';
  }
}

/** The table of stages decides; one that was interrupted can also be started where it stands. */
function demandExit(record: MigrationRecord, event: 'start' | 'retry' | 'cancel'): void {
  const { stage, isRunning } = record;
  const isInterrupted = !isRunning && !isOver(stage) && stage !== 'planned';
  const isFree = event === 'cancel' || !isRunning;
  if (isFree && (exits[stage][event] !== undefined || isInterrupted)) return;
  throw new NoExitError(record, event);
}

/** @throws UnknownMigrationError, AmbiguousResourceError */
export async function findMigration(workplace: Workplace, which: string): Promise<MigrationRecord> {
  const all = await workplace.perform({ kind: 'migrations', dataDir: workplace.dataDir, id: null });
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

/** Looks until it has ended or nobody works on it, and tells its stages meanwhile. */
async function watched(workplace: Workplace, first: MigrationRecord): Promise<MigrationRecord> {
  const { terminal, dataDir } = workplace;
  await using engine = new EngineClient(debug(terminal));
  let record = first;
  let told = 0;
  for (;;) {
    for (const { stage } of record.stages.slice(told)) tellStage(workplace, stage);
    told = record.stages.length;
    if (isOver(record.stage) || !record.isRunning) return record;
    await pause(LOOK_EVERY_MS);
    const job = { kind: 'migrations', dataDir, id: record.request.id } as const;
    const [fresh] = await engine.run(job, new AbortController().signal);
    if (fresh === undefined) throw new UnknownMigrationError(record.request.id);
    record = fresh;
  }
}
