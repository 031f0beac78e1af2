/** `guts check PLAN`: what would stop or endanger the machines of a plan, each with its own options, rule by rule. */
import type { Command } from 'commander';
import { toErrorInfo } from '../shared/errors.ts';
import { defaultOptions, type MigrationOptions } from '../shared/migration.ts';
import type { InputOf, OutputOf } from '../shared/operations.ts';
import type { Plan, PlannedMachine } from '../shared/plans.ts';
import type { Finding, Severity } from '../shared/preflight.ts';
import { typedFields } from './plan-templates.ts';
import { demandSecrets } from './run-migration.ts';
import { ToldError } from './told-error.ts';
import { UsageError } from './usage-error.ts';
import type { Workplace } from './workplace.ts';

/** Checks that run at the same time; each asks both sides. */
const AT_ONCE = 2;
/** Machines that stand under one rule. */
const MOST_NAMED = 20;

export type CheckedMachine = OutputOf<'checks.run'> & {
  readonly vm: PlannedMachine['vm'];
  readonly wave: number;
};

/** Null where no plan is called so, or several things are named. Where no daemon runs, there are no plans. */
export async function planCalled(workplace: Workplace, names: readonly string[]): Promise<Plan | null> {
  const [nameOrId = '', ...others] = names;
  if (others.length > 0) return null;
  const { plans } = await workplace.call('plans.list', {}).catch((error: unknown) => {
    if (toErrorInfo(error).code === 'daemon.needed') return { plans: [] };
    throw error;
  });
  const isSame = (name: string): boolean => name.toLowerCase() === nameOrId.toLowerCase();
  return plans.find(({ id }) => id === nameOrId) ?? plans.find(({ name }) => isSame(name)) ?? null;
}

/** @throws UsageError */
export function demandNoOptions(command: Command): void {
  const [typed] = typedFields(command);
  if (typed !== undefined)
    throw new UsageError('A plan has its own options: change them there, or name machines with --source.');
}

/**
 * Prints what was found.
 * @param blocked makes the error that ends the command where a machine is stopped
 * @param besides what each check is told beside its machine
 */
export async function checkPlan(
  workplace: Workplace,
  plan: Plan,
  blocked: (names: readonly string[]) => Error,
  besides: Partial<InputOf<'checks.run'>> = {},
): Promise<void> {
  const { source, destination } = plan;
  await demandSecrets(workplace, { source, destination });
  const open = plan.machines.filter(({ migration }) => migration === null);
  const begun = plan.machines.length - open.length;
  if (begun > 0)
    workplace.terminal.note(
      `${begun} of ${plan.machines.length} have a migration already and are not checked again: guts show ID`,
    );
  const checks: CheckedMachine[] = [];
  const left = [...open.entries()];
  const next = async (): Promise<void> => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) {
      const [at, { vm, wave, options: own }] = one;
      workplace.terminal.progressLine(`checking ${vm.name} (${open.length - left.length} of ${open.length}) …`);
      const options = optionsOf(plan, own);
      const wish = { ...besides, source, destination, vm: vm.ref, options };
      checks[at] = { vm, wave, ...(await workplace.call('checks.run', wish)) };
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
  workplace.terminal.result({ plan: { id: plan.id, name: plan.name }, checks }, () => checkedText(plan, checks));
  const stopped = checks.filter(({ mayStart }) => !mayStart).map(({ vm }) => vm.name);
  if (stopped.length > 0) throw new ToldError(toErrorInfo(blocked(stopped)));
}

/** As they will be when the plan is started. */
const optionsOf = (plan: Plan, own: Plan['options']): MigrationOptions => ({
  ...defaultOptions,
  ...definedOf(plan.options),
  ...definedOf(own),
});

const definedOf = (options: Plan['options']): Partial<MigrationOptions> =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<MigrationOptions>; // what is left

interface Rule {
  readonly finding: Finding;
  readonly machines: { readonly name: string; readonly about: readonly string[] }[];
}

const SEVERITIES: readonly Severity[] = ['blocks', 'warns', 'informs'];
const titles: Readonly<Record<Severity, string>> = { blocks: 'STOPS', warns: 'warning', informs: 'note' };

export function checkedText({ name }: Pick<Plan, 'name'>, checks: readonly CheckedMachine[]): string {
  const stopped = checks.filter(({ mayStart }) => !mayStart).length;
  const head = `${name}: ${checks.length - stopped} of ${checks.length} can be moved${
    stopped === 0 ? '' : `, ${stopped} CANNOT be moved like this`
  }\n`;
  const rules = rulesOf(checks);
  if (rules.length === 0) return `${head}Nothing was found.\n`;
  return `${head}\n${rules.map(ruleText).join('\n')}`;
}

/** What a finding says may differ from machine to machine, and is said of each. */
function rulesOf(checks: readonly CheckedMachine[]): readonly Rule[] {
  const rules = new Map<string, Rule>();
  for (const { vm, findings } of checks)
    for (const finding of findings) {
      const key = `${finding.severity} ${finding.id} ${finding.says}`;
      const rule = rules.get(key) ?? { finding, machines: [] };
      rule.machines.push({ name: vm.name, about: finding.about });
      rules.set(key, rule);
    }
  const rank = ({ finding }: Rule): number => SEVERITIES.indexOf(finding.severity);
  return [...rules.values()].sort((a, b) => rank(a) - rank(b) || b.machines.length - a.machines.length);
}

function ruleText({ finding: { id, severity, says, remedy }, machines }: Rule): string {
  const left = machines.length - MOST_NAMED;
  const lines = machines.slice(0, MOST_NAMED).map(({ name, about }) => `    ${name}: ${about.join('; ')}\n`);
  const count = machines.length === 1 ? '1 machine' : `${machines.length} machines`;
  return `${titles[severity]} ${id}, ${count}: ${says}\n${lines.join('')}${
    left > 0 ? `    … and ${left} more\n` : ''
  }  What to do: ${remedy}\n`;
}
