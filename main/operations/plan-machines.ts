/** The machines of a plan, found in the inventory of its source. */
import type { SourceConnection } from '../shared/connections.ts';
import { GutsError } from '../shared/errors.ts';
import { machineRefOf } from '../shared/machine-ref.ts';
import type { ParsedOf } from '../shared/operations.ts';
import type { PlannedMachine } from '../shared/plans.ts';
import type { InventoryRow } from '../store/inventory-view.ts';
import { definedOf } from './defined.ts';
import { inventoryOf, type InventoryParts } from './inventory.ts';

export class PlanMachinesError extends GutsError {
  readonly code = 'plan.bad-machines';
  readonly remedy =
    'Look for them in the inventory (“guts instance list”), name each by its ref where several have the name, and read the inventory again if they are new.';

  constructor(says: readonly string[]) {
    const shown = says.slice(0, 20).join('; ');
    super(`The plan cannot have these machines: ${shown}${says.length > 20 ? ` and ${says.length - 20} more` : ''}.`);
  }
}

export type Wished = ParsedOf<'plans.create'>['machines'];

/** By ref, name or UUID, all of one reading of the inventory. @throws PlanMachinesError naming all that are wrong */
export async function machinesOf(
  parts: InventoryParts,
  source: SourceConnection,
  machines: Wished,
  signal: AbortSignal,
): Promise<PlannedMachine[]> {
  const isWanted = wantedOf(machines);
  const { rows } = await inventoryOf(parts, source, signal);
  return matched(machines, rows.filter(isWanted));
}

function wantedOf(machines: Wished): (row: InventoryRow) => boolean {
  const names = new Set(machines.map(({ vm }) => vm));
  const ids = new Set(machines.map(({ vm }) => vm.toLowerCase()));
  return ({ kind, ref, name, facts }) =>
    kind === 'vm' && (names.has(ref) || names.has(name) || uuidsOf(facts).some((uuid) => ids.has(uuid)));
}

/** They are written in either case. */
const uuidsOf = (facts: InventoryRow['facts']): readonly string[] =>
  facts?.uuids.map((uuid) => uuid.toLowerCase()) ?? [];

function matched(machines: Wished, rows: readonly InventoryRow[]): PlannedMachine[] {
  const byName = new Map<string, InventoryRow[]>();
  for (const row of rows) byName.set(row.name, [...(byName.get(row.name) ?? []), row]);
  const byUuid = new Map<string, InventoryRow[]>();
  for (const row of rows)
    for (const uuid of new Set(uuidsOf(row.facts))) byUuid.set(uuid, [...(byUuid.get(uuid) ?? []), row]);
  const byRef = new Map(rows.map((row) => [row.ref, row]));
  const wrong: string[] = [];
  const taken = new Set<string>();
  const planned = machines.flatMap(({ vm, wave, options }): PlannedMachine[] => {
    const found = byRef.get(vm);
    const candidates = found === undefined ? (byName.get(vm) ?? byUuid.get(vm.toLowerCase()) ?? []) : [found];
    const [first] = candidates;
    if (first === undefined) wrong.push(`“${vm}” is not there`);
    else if (candidates.length > 1) wrong.push(`“${vm}” may be ${candidates.map(({ ref }) => ref).join(' or ')}`);
    else if (taken.has(first.ref)) wrong.push(`“${vm}” is named twice`);
    else {
      taken.add(first.ref);
      return [
        { vm: machineRefOf(first, first.facts?.uuids ?? []), wave, options: definedOf(options), migration: null },
      ];
    }
    return [];
  });
  if (wrong.length > 0) throw new PlanMachinesError(wrong);
  return planned;
}
