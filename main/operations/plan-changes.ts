/** A plan with changes: machines of which migrations were made stay as they are, whatever becomes of the others. */
import { isDeepStrictEqual } from 'node:util';
import type { DestinationConnection, SourceConnection } from '../shared/connections.ts';
import { GutsError } from '../shared/errors.ts';
import type { ParsedOf } from '../shared/operations.ts';
import type { Plan, PlannedMachine } from '../shared/plans.ts';
import { definedOf } from './defined.ts';
import type { InventoryParts } from './inventory.ts';
import { machinesOf, type Wished } from './plan-machines.ts';

export class PlanUnderWayError extends GutsError {
  readonly code = 'plan.under-way';
  readonly remedy =
    'Act on their migrations (“guts cancel ID”, “guts schedule ID”), or make another plan for the rest.';
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

/** @throws PlanUnderWayError, PlanMachinesError */
export async function changedPlan(
  parts: InventoryParts,
  before: Plan,
  { name, options, window, notBefore, priority, machines }: Changes,
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
    machines: wished === null ? before.machines : await mergedMachines(parts, before, wished, sides.source, signal),
  };
}

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
