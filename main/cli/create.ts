/** `guts create`: one machine's move from a source to a destination, planned and on request run. */
import type { Command } from 'commander';
import { GutsError } from '../shared/errors.ts';
import { MigrationId, type MigrationRequest } from '../shared/migration.ts';
import { mayStart } from '../shared/preflight.ts';
import { randomLetters, type ConnectionKind } from '../store/connections.ts';
import { findingsText, planText } from './migration-text.ts';
import { migrationOptions, optionsFrom, type MigrationFlags } from './migration-flags.ts';
import { lanesOption } from './options.ts';
import { findVm } from './resources.ts';
import { runMigration } from './run-migration.ts';
import { UsageError } from './usage-error.ts';
import { Workplace } from './workplace.ts';

interface Flags extends MigrationFlags {
  readonly source?: string;
  readonly destination?: string;
  readonly vm: string;
  readonly start: boolean;
  readonly dryRun: boolean;
  readonly lanes: number;
}

export function addCreate(program: Command): void {
  const create = program
    .command('create')
    .description('plan the move of one machine; with --start, run it')
    .requiredOption('--vm <machine>', 'its name, or its ref where several have the name')
    .option('--source <source>', 'where it is (default: the only source)')
    .option('--destination <destination>', 'where it goes (default: the only destination)')
    .option('--start', 'run it now, in the foreground', false)
    .option('--dry-run', 'only tell what would be done; keep nothing', false);
  migrationOptions(create)
    .addOption(lanesOption())
    .addHelpText(
      'after',
      '\nExamples:\n  $ guts create --vm web-01 --map "VM Network=private" --dry-run\n  $ guts create --source vc1 --vm web-01 --destination os1 --map private --start\n  $ guts create --vm vm-4711 --map "DB=db-net:10.0.0.7" --volumes --flavor m1.large --start',
    )
    .action(async (flags: Flags) => {
      if (flags.start && flags.dryRun) throw new UsageError('Give --start or --dry-run, not both.');
      const workplace = new Workplace(create);
      const request = await requestFrom(workplace, flags);
      if (flags.start) await runMigration(workplace, request, flags.lanes);
      else await plan(workplace, request, flags.dryRun);
    });
}

async function requestFrom(workplace: Workplace, flags: Flags): Promise<MigrationRequest> {
  const options = await optionsFrom(flags);
  const source = await chosen(workplace, 'source', flags.source);
  const destination = await chosen(workplace, 'destination', flags.destination);
  const { ref, name } = await findVm(workplace, source, flags.vm);
  return {
    id: MigrationId.parse(`mig_${randomLetters()}`),
    source: source.id,
    destination: destination.id,
    vm: { ref, name },
    options,
    createdAt: new Date().toISOString(),
  };
}

async function chosen<K extends ConnectionKind>({ connections }: Workplace, kind: K, name: string | undefined) {
  if (name !== undefined) return await connections.find(kind, name);
  const [only, ...others] = await connections.list(kind);
  if (only === undefined) throw new UsageError(`No ${kind} is set up: “guts ${kind} create” does that.`);
  if (others.length > 0)
    throw new UsageError(`Say which ${kind}: --${kind} ${[only, ...others].map(({ name }) => name).join(' | ')}`);
  return only;
}

/** Something was found that stops the machine's move. */
class BlockedError extends GutsError {
  readonly code = 'migration.blocked';
  readonly remedy = 'Do what stands beside each finding that stops it, and create the migration again.';

  constructor(name: string, ids: readonly string[]) {
    super(`“${name}” cannot be moved like this (${ids.join(', ')}); nothing was kept.`);
  }
}

async function plan(workplace: Workplace, request: MigrationRequest, isDry: boolean): Promise<void> {
  const { dataDir, terminal } = workplace;
  const source = await workplace.signInToSource(request.source);
  const destination = await workplace.signInToDestination(request.destination);
  const { plan, findings } = await workplace.perform({ kind: 'plan', request, source, destination });
  const isFree = plan !== null && mayStart(findings);
  const told = [plan === null ? '' : planText(plan, request.options.boot), findingsText(findings)].filter(Boolean);
  if (isDry) {
    terminal.result({ mayStart: isFree, plan, findings }, () =>
      [...told, isFree ? 'It can start like this. Nothing was kept.\n' : 'It cannot start like this.\n'].join('\n'),
    );
    return;
  }
  if (!isFree) {
    terminal.note(told.join('\n').trimEnd());
    throw new BlockedError(
      request.vm.name,
      findings.filter(({ severity }) => severity === 'blocks').map(({ id }) => id),
    );
  }
  const record = await workplace.perform({ kind: 'planned', request, dataDir });
  terminal.result({ ...record, plan, findings }, () =>
    [...told, `Planned as ${request.id}. Run it: guts start ${request.id}\n`].join('\n'),
  );
}
