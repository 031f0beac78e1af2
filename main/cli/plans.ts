/** `guts plan`: machines that go from one source to one destination in waves. */
import { readFile } from 'node:fs/promises';
import * as path from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { GutsError } from '../shared/errors.ts';
import { operations, type InputOf } from '../shared/operations.ts';
import type { Plan } from '../shared/plans.ts';
import type { TimeWindow } from '../shared/schedule.ts';
import { demandAllDone, resultsText } from './act-on-many.ts';
import { chosen } from './create.ts';
import { migrationOptions, optionsFrom, wholeNumber, type MigrationFlags } from './migration-flags.ts';
import { momentOf } from './moment.ts';
import { connectionNames } from './run-migration.ts';
import { sheet, table } from './table.ts';
import { windowOf } from './window.ts';
import { Workplace } from './workplace.ts';
import { writeWhole } from './write-whole.ts';

type PlanWish = InputOf<'plans.create'>;

class PlanFileError extends GutsError {
  readonly code = 'plan.unreadable';
  readonly remedy = 'Give a YAML or JSON file as “guts plan export” writes it.';
}

interface CreateFlags extends MigrationFlags {
  readonly source?: string;
  readonly destination?: string;
  readonly vm: readonly { readonly vm: string; readonly wave: number }[];
  readonly window?: TimeWindow;
  readonly notBefore?: string;
  readonly priority?: number;
}

export function addPlans(program: Command): void {
  const plan = program.command('plan').description('machines that go together, in waves');
  const create = plan
    .command('create')
    .description('write down a plan')
    .argument('<name>', 'a name of your own for it')
    .requiredOption(
      '--vm <machine[@wave]>',
      'a machine by its name or ref, and its wave (default: 1; may be repeated)',
      (text: string, before: readonly { vm: string; wave: number }[] = []) => [...before, machineOf(text)],
    )
    .option('--source <source>', 'where they are (default: the only source)')
    .option('--destination <destination>', 'where they go (default: the only destination)')
    .option('--window <when>', 'start only then, as "0 22 * * 1-5 for 360 min in Europe/Berlin"', windowOf)
    .option('--not-before <moment>', 'start nothing before', momentOf)
    .option('--priority <n>', 'higher goes first', wholeNumber(-1000, 1000));
  migrationOptions(create)
    .addHelpText(
      'after',
      '\nExamples:\n  $ guts plan create first --vm web-01 --vm db-01@2 --map private\n  $ guts plan start first',
    )
    .action(async (name: string, flags: CreateFlags) => {
      await using workplace = await Workplace.open(create);
      const { sources } = await workplace.call('sources.list', {});
      const { destinations } = await workplace.call('destinations.list', {});
      await make(workplace, {
        name,
        source: chosen(sources, 'source', flags.source),
        destination: chosen(destinations, 'destination', flags.destination),
        options: await optionsFrom(flags),
        window: flags.window ?? null,
        notBefore: flags.notBefore ?? null,
        priority: flags.priority ?? 0,
        machines: flags.vm.map((machine) => ({ ...machine })),
      });
    });
  const list = plan
    .command('list')
    .description('the plans')
    .action(async () => {
      await using workplace = await Workplace.open(list);
      const { plans } = await workplace.call('plans.list', {});
      const names = await connectionNames(workplace);
      workplace.terminal.result({ plans }, () => listText(plans, names));
    });
  const show = plan
    .command('show')
    .description('one plan, wave by wave')
    .argument('<plan>', 'name or id')
    .action(async (which: string) => {
      await using workplace = await Workplace.open(show);
      const found = await workplace.call('plans.show', { plan: which });
      const names = await connectionNames(workplace);
      workplace.terminal.result(found, () => planSheet(found, names));
    });
  const start = plan
    .command('start')
    .description('put every machine of a plan into the queue')
    .argument('<plan>', 'name or id')
    .action(async (which: string) => {
      await using workplace = await Workplace.open(start);
      const result = await workplace.call('plans.start', { plan: which });
      workplace.terminal.result(result, () => resultsText(result.results, 'in the queue: guts list'));
      demandAllDone(result.results, 'start');
    });
  const remove = plan
    .command('delete')
    .description('forget a plan; its migrations stay')
    .argument('<plan>', 'name or id')
    .action(async (which: string) => {
      await using workplace = await Workplace.open(remove);
      const result = await workplace.call('plans.delete', { plan: which });
      workplace.terminal.result(result, () => `“${which}” is forgotten.\n`);
    });
  const out = plan
    .command('export')
    .description('a plan as YAML, to be kept, changed and imported elsewhere; it holds no secrets')
    .argument('<plan>', 'name or id')
    .option('-o, --output <file>', 'the file to write (default: standard output)')
    .option('--force', 'replace a file that is there', false)
    .action(async (which: string, { output, force }: { readonly output?: string; readonly force: boolean }) => {
      await using workplace = await Workplace.open(out);
      const file = fileOf(await workplace.call('plans.show', { plan: which }), await connectionNames(workplace));
      if (output === undefined) workplace.terminal.result(file, () => stringify(file));
      else {
        await writeWhole(path.resolve(output), stringify(file), force);
        workplace.terminal.result({ file: path.resolve(output) }, () => `Written: ${path.resolve(output)}\n`);
      }
    });
  const bring = plan
    .command('import')
    .description('write down a plan from a YAML or JSON file')
    .argument('<file>', 'as “guts plan export” writes it')
    .option('--name <name>', 'another name for it')
    .action(async (file: string, { name }: { readonly name?: string }) => {
      await using workplace = await Workplace.open(bring);
      const wish = await planIn(file);
      await make(workplace, { ...wish, name: name ?? wish.name });
    });
}

async function make(workplace: Workplace, wish: PlanWish): Promise<void> {
  const made = await workplace.call('plans.create', wish);
  const names = await connectionNames(workplace);
  workplace.terminal.result(made, () => `${planSheet(made, names)}Start it: guts plan start ${made.name}\n`);
}

/** Names instead of ids, so that the file means the same elsewhere. */
function fileOf(plan: Plan, names: ReadonlyMap<string, string>): PlanWish {
  const { name, source, destination, options, window, notBefore, priority, machines } = plan;
  return {
    name,
    source: names.get(source) ?? source,
    destination: names.get(destination) ?? destination,
    options,
    window,
    notBefore,
    priority,
    machines: machines.map(({ vm, wave, options }) => ({ vm: vm.ref, wave, options })),
  };
}

async function planIn(file: string): Promise<PlanWish> {
  let value: unknown;
  try {
    value = parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new PlanFileError(`“${file}” is no YAML or JSON that can be read.`, { cause });
  }
  const { data, success, error } = operations['plans.create'].input.strict().safeParse(value);
  if (!success) throw new PlanFileError(`“${file}”: ${z.prettifyError(error)}`);
  return data;
}

function listText(plans: readonly Plan[], names: ReadonlyMap<string, string>): string {
  return table(
    plans,
    [
      { title: 'NAME', cell: ({ name }) => name, isWhole: true },
      { title: 'FROM', cell: ({ source }) => names.get(source) ?? source },
      { title: 'TO', cell: ({ destination }) => names.get(destination) ?? destination },
      { title: 'MACHINES', cell: ({ machines }) => String(machines.length), isNumber: true },
      {
        title: 'WAVES',
        cell: ({ machines }) => String(new Set(machines.map(({ wave }) => wave)).size),
        isNumber: true,
      },
      { title: 'STARTED', cell: ({ startedAt }) => startedAt?.slice(0, 16).replace('T', ' ') ?? 'not yet' },
      { title: 'ID', cell: ({ id }) => id, isWhole: true },
    ],
    'No plan is written down: guts plan create',
  );
}

function planSheet(plan: Plan, names: ReadonlyMap<string, string>): string {
  const { id, name, source, destination, window, notBefore, priority, machines, startedAt } = plan;
  return [
    sheet([
      ['plan', `${name} (${id})`],
      ['from', names.get(source) ?? source],
      ['to', names.get(destination) ?? destination],
      ...(window === null
        ? []
        : ([['window', `${window.minutes} min from “${window.opens}” (${window.timeZone})`]] satisfies [
            string,
            string,
          ][])),
      ...(notBefore === null ? [] : ([['not before', notBefore]] satisfies [string, string][])),
      ['priority', String(priority)],
      ['started', startedAt ?? 'not yet'],
    ]),
    table(
      [...machines].sort((a, b) => a.wave - b.wave),
      [
        { title: 'WAVE', cell: ({ wave }) => String(wave), isNumber: true },
        { title: 'VM', cell: ({ vm }) => vm.name, isLastCut: true },
        { title: 'REF', cell: ({ vm }) => vm.ref, isWhole: true },
        { title: 'MIGRATION', cell: ({ migration }) => migration ?? '–', isWhole: true },
      ],
      'no machines',
    ),
  ].join('\n');
}

function machineOf(text: string): { vm: string; wave: number } {
  const [, vm = '', wave] = /^(.+?)(?:@(\d{1,4}))?$/.exec(text) ?? [];
  if (vm === '' || wave === '0') throw new InvalidArgumentError('Say it as MACHINE or MACHINE@WAVE, waves from 1.');
  return { vm, wave: wave === undefined ? 1 : Number(wave) };
}
