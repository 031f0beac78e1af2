/** A plan with changes: machines of which migrations were made stay as they are, whatever becomes of the others. */
import { isDeepStrictEqual } from 'node:util';
import { WaveGivenError } from '../handover/errors.ts';
import type { DestinationConnection, SourceConnection } from '../shared/connections.ts';
import { GutsError } from '../shared/errors.ts';
import type { ParsedOf } from '../shared/operations.ts';
import { doubleWaves, type Plan, type PlannedMachine } from '../shared/plans.ts';
import { demandWindow } from '../shared/windows.ts';
import { definedOf } from './defined.ts';
import type { InventoryParts } from './inventory.ts';
import { machinesOf, PlanMachinesError, type Wished } from './plan-machines.ts';

export class PlanUnderWayError extends GutsError {
  readonly code = 'plan.under-way';
  readonly remedy =
    'Act on their migrations (“guts cancel ID”, “guts schedule ID”), or make another plan for the rest.';
}

export class PlanWavesError extends GutsError {
  readonly code = 'plan.bad-waves';
  readonly remedy = 'Say what a wave has for itself once.';
}

type Changes = Omit<ParsedOf<'plans.change'>, 'plan'>;

const hasMigration = ({ migration }: PlannedMachine): boolean => migration !== null;

/** @throws PlanUnderWayError */
export function demandSameSides(before: Plan, source: Plan['source'], destination: Plan['destination']): void {
  if (source === before.source && destination === before.destination) return;
  if (before.machines.some(hasMigration))
    throw new PlanUnderWayError(
      `Migrations of “${before.name}” have been made, so it keeps its source and its destination.`,
    );
}

/** @throws BadWindowError, PlanWavesError */
export function demandTimes({ window, waves = [] }: Pick<Changes, 'window' | 'waves'>): void {
  for (const one of [window, ...waves.map((wave) => wave.window)])
    if (one !== undefined && one !== null) demandWindow(one);
  const [double] = doubleWaves(waves);
  if (double !== undefined) throw new PlanWavesError(`Wave ${double} is described more than once.`);
}

/** @returns what was changed. @throws WaveGivenError: what is changed of such a wave nobody would see where it is carried out */
export function wavesKept(before: Plan, after: Plan): Plan {
  for (const { wave, to } of before.elsewhere ?? []) {
    const of = ({ machines, waves }: Plan): unknown => [
      machines.filter((one) => one.wave === wave),
      waves.filter(({ number }) => number === wave),
    ];
    if (!isDeepStrictEqual(of(before), of(after))) throw new WaveGivenError(before.name, wave, to.name);
  }
  return after;
}

/** @throws PlanUnderWayError, PlanMachinesError */
export async function changedPlan(
  parts: InventoryParts,
  before: Plan,
  { name, options, window, notBefore, priority, waves, machines }: Changes,
  sides: { readonly source: SourceConnection; readonly destination: DestinationConnection },
  signal: AbortSignal,
): Promise<Plan> {
  const isElsewhere = sides.source.id !== before.source;
  const wished = machines ?? (isElsewhere ? before.machines.map(asWished) : null);
  return {
    ...before,
    name: name ?? before.name,
    source: sides.source.id,
    destination: sides.destination.id,
    options: options === undefined ? before.options : definedOf(options),
    window: window === undefined ? before.window : window,
    notBefore: notBefore === undefined ? before.notBefore : notBefore,
    priority: priority ?? before.priority,
    waves: waves ?? before.waves,
    machines: wished === null ? before.machines : await mergedMachines(parts, before, wished, sides.source, signal),
  };
}

/** A plan file with more of them is not read again. */
const MOST_MACHINES = 10_000;

/** @throws PlanMachinesError for those that are in it already, or too many */
export function withMore(before: Plan, more: readonly PlannedMachine[]): Plan {
  const there = new Set(before.machines.map(({ vm }) => vm.ref));
  const twice = more.filter(({ vm }) => there.has(vm.ref));
  if (twice.length > 0) throw new PlanMachinesError(twice.map(({ vm }) => `“${vm.name}” is in it already`));
  const count = before.machines.length + more.length;
  if (count > MOST_MACHINES) throw new PlanMachinesError([`they would be ${count}, and a plan has at most 10,000`]);
  return { ...before, machines: [...before.machines, ...more] };
}

/** @throws PlanMachinesError, PlanUnderWayError */
export async function moved(
  parts: InventoryParts,
  before: Plan,
  wished: ParsedOf<'plans.move'>['machines'],
  source: SourceConnection,
  signal: AbortSignal,
): Promise<Plan> {
  const own = new Map(before.machines.map(({ vm }) => [vm.ref, vm.ref] as const));
  const byName = new Map<string, readonly string[]>();
  for (const { vm } of before.machines) byName.set(vm.name, [...(byName.get(vm.name) ?? []), vm.ref]);
  // What is called so in the plan is meant; a UUID is for the inventory to know.
  const others = wished.filter(({ vm }) => !own.has(vm) && byName.get(vm)?.length !== 1);
  const found = others.length === 0 ? [] : await machinesOf(parts, source, others.map(bare), signal);
  const refs = new Map(others.map(({ vm }, at) => [vm, found[at]?.vm.ref] as const));
  const waves = new Map<string, number>();
  const wrong: string[] = [];
  for (const { vm, wave } of wished) {
    const ref = own.get(vm) ?? refs.get(vm) ?? byName.get(vm)?.[0];
    if (ref === undefined || !own.has(ref)) wrong.push(`“${vm}” is not in the plan`);
    else waves.set(ref, wave);
  }
  if (wrong.length > 0) throw new PlanMachinesError(wrong);
  const machines = before.machines.map((one) => ({ ...one, wave: waves.get(one.vm.ref) ?? one.wave }));
  demandUntouched(before.machines.filter((one, at) => hasMigration(one) && machines[at]?.wave !== one.wave));
  return { ...before, machines };
}

const bare = ({ vm, wave }: { readonly vm: string; readonly wave: number }): Wished[number] => ({
  vm,
  wave,
  options: {},
});

const asWished = ({ vm, wave, options }: PlannedMachine): Wished[number] => ({ vm: vm.ref, wave, options });

/** In the order of the wish. Those with a migration are known by their refs also where the inventory has them no more. */
async function mergedMachines(
  parts: InventoryParts,
  { machines: before }: Plan,
  wished: Wished,
  source: SourceConnection,
  signal: AbortSignal,
): Promise<PlannedMachine[]> {
  const fixed = new Map(before.filter(hasMigration).flatMap((one) => [[one.vm.ref, one] as const]));
  const others = wished.filter(({ vm }) => !fixed.has(vm));
  const found = others.length === 0 ? [] : await machinesOf(parts, source, others, signal);
  const merged = wished.flatMap(({ vm, wave, options }): PlannedMachine[] => {
    const known = fixed.get(vm);
    if (known !== undefined) return [{ ...known, wave, options: definedOf(options) }];
    const next = found.shift();
    return next === undefined ? [] : [next];
  });
  const after = new Map(merged.map((one) => [one.vm.ref, one]));
  const isSame = ({ wave, options }: PlannedMachine, now: PlannedMachine | undefined): boolean =>
    now !== undefined && wave === now.wave && isDeepStrictEqual(now.options, options);
  demandUntouched([...fixed.values()].filter((one) => !isSame(one, after.get(one.vm.ref))));
  return merged.map((one) => fixed.get(one.vm.ref) ?? one);
}

function demandUntouched(touched: readonly PlannedMachine[]): void {
  if (touched.length === 0) return;
  const shown = touched.slice(0, 20).map(({ vm, migration }) => `“${vm.name}” (${migration ?? ''})`);
  throw new PlanUnderWayError(
    `These machines have a migration already, so they stay in the plan as they are: ${shown.join(', ')}${
      touched.length > 20 ? ` and ${touched.length - 20} more` : ''
    }.`,
  );
}
