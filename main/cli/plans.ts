/** `guts plan`: machines that go from one source to one destination in waves. */
import type { Command } from 'commander';
import type { TimeWindow } from '../shared/schedule.ts';
import { demandAllDone, resultsText } from './act-on-many.ts';
import { chosen } from './create.ts';
import { migrationOptions, optionsFrom, wholeNumber, type MigrationFlags } from './migration-flags.ts';
import { momentOf } from './moment.ts';
import { addPlanFiles } from './plan-files.ts';
import { addPlanHandover } from './plan-handover.ts';
import { addPlanTemplates, withTemplate } from './plan-templates.ts';
import { addPlanWave, addPlanWaves } from './plan-waves.ts';
import { addPlanMachines, machinesOfList, withMachine } from './plan-machines.ts';
import { listText, planSheet, tellMade } from './plan-text.ts';
import { addRehearsal, demandGo, rehearsed } from './rehearse.ts';
import { connectionNames } from './run-migration.ts';
import { UsageError } from './usage-error.ts';
import { windowOf } from './window.ts';
import { Workplace } from './workplace.ts';

interface CreateFlags extends MigrationFlags {
  readonly source?: string;
  readonly destination?: string;
  readonly vm: readonly { readonly vm: string; readonly wave: number }[];
  readonly vmList?: string;
  readonly skipUnmatched: boolean;
  readonly window?: TimeWindow;
  readonly notBefore?: string;
  readonly priority?: number;
  readonly template?: string;
}

export function addPlans(program: Command): void {
  const plan = program.command('plan').description('machines that go together, in waves');
  const create = plan
    .command('create')
    .description('write down a plan')
    .argument('<name>', 'a name of your own for it')
    .option(
      '--vm <machine[@wave]>',
      'a machine by name, ref or UUID, and its wave (default: 1; may be repeated)',
      withMachine,
      [],
    )
    .option(
      '--vm-list <file>',
      'machines of a list: names, UUIDs or refs, or a table as RVTools writes it (XLSX, CSV, TSV, text)',
    )
    .option('--skip-unmatched', 'leave out what the list says and cannot be found, or not for certain', false)
    .option('--template <name>', 'begin with what this template has: sides, options, times, waves')
    .option('--source <source>', 'where they are (default: the only source)')
    .option('--destination <destination>', 'where they go (default: the only destination)')
    .option('--window <when>', 'start only then, as "0 22 * * 1-5 for 360 min in Europe/Berlin"', windowOf)
    .option('--not-before <moment>', 'start nothing before', momentOf)
    .option('--priority <n>', 'higher goes first', wholeNumber(-1000, 1000));
  migrationOptions(create)
    .addHelpText(
      'after',
      '\nExamples:\n  $ guts plan create first --vm web-01 --vm db-01@2 --map private\n  $ guts plan create second --vm-list machines.csv --map private\n  $ guts plan start first',
    )
    .action(async (name: string, flags: CreateFlags) => {
      if (flags.vm.length === 0 && flags.vmList === undefined) throw new UsageError('Give --vm or --vm-list.');
      await using workplace = await Workplace.open(create);
      const { sources } = await workplace.call('sources.list', {});
      const { destinations } = await workplace.call('destinations.list', {});
      const template =
        flags.template === undefined ? null : await workplace.call('planTemplates.show', { template: flags.template });
      const source = flags.source ?? template?.source ?? chosen(sources, 'source', undefined);
      const listed = flags.vmList === undefined ? [] : await machinesOfList(workplace, source, flags.vmList, flags);
      const made = await workplace.call('plans.create', {
        name,
        source,
        destination: flags.destination ?? template?.destination ?? chosen(destinations, 'destination', undefined),
        options: withTemplate(create, await optionsFrom(flags), template),
        window: flags.window ?? template?.window ?? null,
        notBefore: flags.notBefore ?? null,
        priority: flags.priority ?? template?.priority ?? 0,
        waves: template?.waves ?? [],
        machines: [...flags.vm.map((machine) => ({ ...machine })), ...listed],
      });
      await tellMade(workplace, made);
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
    .option('--rehearse', 'hold all of it against the cloud first, and start nothing where that says no go', false)
    .action(async (which: string, { rehearse }: { readonly rehearse: boolean }) => {
      await using workplace = await Workplace.open(start);
      if (rehearse) demandGo(await rehearsed(workplace, which, { offline: false }));
      const result = await workplace.call('plans.start', { plan: which });
      workplace.terminal.result(result, () => resultsText(result.results, 'in the queue: guts list'));
      demandAllDone(result.results, 'start');
    });
  addRehearsal(plan);
  const remove = plan
    .command('delete')
    .description('forget a plan; its migrations stay')
    .argument('<plan>', 'name or id')
    .action(async (which: string) => {
      await using workplace = await Workplace.open(remove);
      const result = await workplace.call('plans.delete', { plan: which });
      workplace.terminal.result(result, () => `“${which}” is forgotten.\n`);
    });
  addPlanMachines(plan);
  addPlanWaves(plan);
  addPlanWave(plan);
  addPlanFiles(plan);
  addPlanTemplates(plan);
  addPlanHandover(plan);
}
