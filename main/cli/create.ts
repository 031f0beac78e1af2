/** `guts create`: one machine's move from a source to a destination, planned and on request run. */
import type { Command } from 'commander';
import { GutsError } from '../shared/errors.ts';
import { defaultOptions } from '../shared/migration.ts';
import type { InputOf } from '../shared/operations.ts';
import { findingsText, planText } from './migration-text.ts';
import { migrationOptions, optionsFrom, type MigrationFlags } from './migration-flags.ts';
import { findVm } from './resources.ts';
import { demandSecrets, endWith, follow, runMigration } from './run-migration.ts';
import { UsageError } from './usage-error.ts';
import { Workplace } from './workplace.ts';

interface Flags extends MigrationFlags {
  readonly source?: string;
  readonly destination?: string;
  readonly vm: string;
  readonly start: boolean;
  readonly dryRun: boolean;
}

export function addCreate(program: Command): void {
  const create = program
    .command('create')
    .description('plan the move of one machine; with --start, run it')
    .requiredOption('--vm <machine>', 'its name, or its ref where several have the name')
    .option('--source <source>', 'where it is (default: the only source)')
    .option('--destination <destination>', 'where it goes (default: the only destination)')
    .option('--start', 'run it now and follow it', false)
    .option('--dry-run', 'only tell what would be done; keep nothing', false);
  migrationOptions(create)
    .addHelpText(
      'after',
      '\nExamples:\n  $ guts create --vm web-01 --map "VM Network=private" --dry-run\n  $ guts create --source vc1 --vm web-01 --destination os1 --map private --start\n  $ guts create --vm vm-4711 --map "DB=db-net:10.0.0.7" --volumes --flavor m1.large --start',
    )
    .action(async (flags: Flags) => {
      if (flags.start && flags.dryRun) throw new UsageError('Give --start or --dry-run, not both.');
      await using workplace = await Workplace.open(create);
      const wish = await wishFrom(workplace, flags);
      if (flags.start) await start(workplace, wish);
      else await plan(workplace, wish, flags.dryRun);
    });
}

type Wish = InputOf<'checks.run'>;

/** Where a server does the work, one request writes it down and puts it into the queue. */
async function start(workplace: Workplace, wish: Wish): Promise<void> {
  await demandSecrets(workplace, wish);
  const record = await workplace.call('migrations.create', { ...wish, start: workplace.isRemote });
  if (!workplace.isRemote) {
    await runMigration(workplace, record, 'start');
    return;
  }
  workplace.terminal.note(`${record.request.vm.name}: migration ${record.request.id}`);
  await endWith(workplace, await follow(workplace, record.request.id, 1));
}

async function wishFrom(workplace: Workplace, flags: Flags): Promise<Wish> {
  const options = await optionsFrom(flags);
  const { sources } = await workplace.call('sources.list', {});
  const { destinations } = await workplace.call('destinations.list', {});
  const source = chosen(sources, 'source', flags.source);
  const destination = chosen(destinations, 'destination', flags.destination);
  const { ref } = await findVm(workplace, source, flags.vm);
  return { source, destination, vm: ref, options };
}

/** What was named, or the only one there is. */
export function chosen(
  known: readonly { readonly name: string }[],
  kind: 'source' | 'destination',
  name: string | undefined,
): string {
  if (name !== undefined) return name;
  const [only, ...others] = known;
  if (only === undefined) throw new UsageError(`No ${kind} is set up: “guts ${kind} create” does that.`);
  if (others.length > 0)
    throw new UsageError(`Say which ${kind}: --${kind} ${known.map((one) => one.name).join(' | ')}`);
  return only.name;
}

/** Something was found that stops the machine's move. */
class BlockedError extends GutsError {
  readonly code = 'migration.blocked';
  readonly remedy = 'Do what stands beside each finding that stops it, and create the migration again.';

  constructor(name: string, ids: readonly string[]) {
    super(`“${name}” cannot be moved like this (${ids.join(', ')}); nothing was kept.`);
  }
}

async function plan(workplace: Workplace, wish: Wish, isDry: boolean): Promise<void> {
  const { terminal } = workplace;
  await demandSecrets(workplace, wish);
  const check = await workplace.call('checks.run', wish);
  const { plan, findings, mayStart } = check;
  const boot = wish.options?.boot ?? defaultOptions.boot;
  const told = [plan === null ? '' : planText(plan, boot), findingsText(findings)].filter(Boolean);
  if (isDry) {
    terminal.result(check, () =>
      [...told, mayStart ? 'It can start like this. Nothing was kept.\n' : 'It cannot start like this.\n'].join('\n'),
    );
    return;
  }
  if (!mayStart) {
    terminal.note(told.join('\n').trimEnd());
    throw new BlockedError(
      wish.vm,
      findings.filter(({ severity }) => severity === 'blocks').map(({ id }) => id),
    );
  }
  const record = await workplace.call('migrations.create', wish);
  terminal.result({ ...record, plan, findings }, () =>
    [...told, `Planned as ${record.request.id}. Run it: guts start ${record.request.id}\n`].join('\n'),
  );
}
