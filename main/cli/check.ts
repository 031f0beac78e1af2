/** `guts check`: what would stop or endanger the move of machines, without moving them. */
import type { Command } from 'commander';
import { GutsError, toErrorInfo } from '../shared/errors.ts';
import { checkPlan, demandNoOptions, planCalled } from './check-plan.ts';
import { fixAll, type Fixed, type FixFlags } from './check-fix.ts';
import { checkText, type CheckedMachine } from './check-text.ts';
import { chosen } from './create.ts';
import { findingId, migrationOptions, optionsFrom, type MigrationFlags } from './migration-flags.ts';
import { demandSecrets } from './run-migration.ts';
import { soundRulesIn } from './rules.ts';
import { findVm } from './resources.ts';
import { ToldError } from './told-error.ts';
import { UsageError } from './usage-error.ts';
import { Workplace } from './workplace.ts';

interface Flags extends MigrationFlags, FixFlags {
  readonly source?: string;
  readonly destination?: string;
  readonly rules?: string;
  readonly all: boolean;
  readonly fix: readonly string[];
}

class NotAllMayError extends GutsError {
  readonly code = 'check.blocked';
  readonly remedy = 'Do what stands beside each finding that stops a machine, and check again.';

  constructor(names: readonly string[]) {
    super(`${names.length} cannot be moved like this: ${names.join(', ')}.`);
  }
}

const ids = (text: string, before: readonly string[]): string[] => [...before, findingId(text)];

export function addCheck(program: Command): void {
  const check = program
    .command('check')
    .description('look what would stop or endanger the move of machines, or of a plan’s; nothing is kept')
    .argument('<vms...>', 'names or refs of machines, or the name of a plan')
    .option('--source <source>', 'where they are (default: the only source)')
    .option('--destination <destination>', 'where they would go (default: the only destination)')
    .option('--rules <file>', 'a site’s own rules that count instead of those that stand where the work is done')
    .option('--all', 'also tell which rules found nothing, and which could not be held and why', false)
    .option('--fix <finding>', 'do what Guts can do about it: the calls are shown first (may be repeated)', ids, [])
    .option('--dry-run', 'with --fix: only show the calls', false)
    .option('--yes', 'with --fix: make the calls without asking', false)
    .option('--unknown', 'with --fix: also remove ports that no migration of this machine made', false);
  migrationOptions(check).action(async (vms: readonly string[], flags: Flags) => {
    const asked = await optionsFrom(flags);
    if (flags.fix.length > 0 && flags.rules !== undefined)
      throw new UsageError('--fix is about the rules that stand where the work is done: give it without --rules.');
    await using workplace = await Workplace.open(check);
    const plan = flags.source === undefined ? await planCalled(workplace, vms) : null;
    if (plan !== null) {
      demandNoOptions(check);
      if (flags.fix.length > 0) throw new UsageError('--fix is about machines: name them with --source.');
      const own = flags.rules === undefined ? {} : { rules: await soundRulesIn(flags.rules, workplace) };
      await checkPlan(workplace, plan, (names) => new NotAllMayError(names), own);
      return;
    }
    const { sources } = await workplace.call('sources.list', {});
    const { destinations } = await workplace.call('destinations.list', {});
    const source = chosen(sources, 'source', flags.source);
    const destination = chosen(destinations, 'destination', flags.destination);
    const rules = flags.rules === undefined ? null : await soundRulesIn(flags.rules, workplace);
    await demandSecrets(workplace, { source, destination });
    const checks: (CheckedMachine & { readonly fixed: readonly Fixed[] })[] = [];
    for (const one of vms) {
      const { ref, name } = await findVm(workplace, source, one);
      workplace.terminal.progressLine(`checking ${name} …`);
      const wish = { source, destination, vm: ref };
      const { fixed, options } = await fixAll(workplace, wish, asked, flags.fix, flags);
      const checked = await workplace.call('checks.run', {
        ...wish,
        options,
        ...(rules === null ? {} : { rules }),
      });
      checks.push({ vm: { ref, name }, ...checked, fixed });
    }
    const says = flags.all ? await sayingsOf(workplace) : null;
    workplace.terminal.result({ checks }, () => checks.map((one) => checkText(one, says)).join('\n'));
    const blocked = checks.filter(({ mayStart }) => !mayStart).map(({ vm }) => vm.name);
    if (blocked.length > 0) throw new ToldError(toErrorInfo(new NotAllMayError(blocked)));
  });
}

/** What each rule is about, by its id. */
async function sayingsOf(workplace: Workplace): Promise<ReadonlyMap<string, string>> {
  const { rules } = await workplace.call('rules.list', {});
  return new Map(rules.map(({ id, says }) => [id, says]));
}
