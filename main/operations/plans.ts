/** Answers what is asked about plans: machines of one source that go to one destination in waves. */
import { GutsError, toErrorInfo } from '../shared/errors.ts';
import { defaultOptions, MigrationId, type MigrationRequest } from '../shared/migration.ts';
import type { Plan, PlannedMachine } from '../shared/plans.ts';
import type { ActionResult } from '../shared/schedule.ts';
import type { ParsedOf } from '../shared/operations.ts';
import { newPlanId, type PlanFile } from '../scheduler/plan-file.ts';
import type { Scheduler } from '../scheduler/scheduler.ts';
import { demandWindow } from '../scheduler/windows.ts';
import { randomLetters } from '../store/connections.ts';
import type { InventoryRow } from '../store/inventory-view.ts';
import { definedOf } from './defined.ts';
import type { Parts, Some } from './handlers.ts';
import { inventoryOf } from './inventory.ts';

/** Migrations that are written down at the same time. */
const AT_ONCE = 4;

export class PlanMachinesError extends GutsError {
  readonly code = 'plan.bad-machines';
  readonly remedy =
    'Look for them with “guts instance list”, name each by its ref where several have the name, and read the inventory again if they are new.';

  constructor(says: readonly string[]) {
    const shown = says.slice(0, 20).join('; ');
    super(`The plan cannot have these machines: ${shown}${says.length > 20 ? ` and ${says.length - 20} more` : ''}.`);
  }
}

export function planHandlers(
  parts: Parts,
  scheduler: Scheduler,
  plans: PlanFile,
): Some<'plans.list' | 'plans.create' | 'plans.show' | 'plans.start' | 'plans.delete'> {
  const { connections, events } = parts;
  const starting = new Map<string, Promise<unknown>>();

  return {
    'plans.list': async () => await Promise.resolve({ plans: [...plans.plans] }),
    'plans.create': async (wish, { signal }) => {
      const { name, options, window, notBefore, priority } = wish;
      const source = await connections.find('source', wish.source);
      const destination = await connections.find('destination', wish.destination);
      if (window !== null) demandWindow(window);
      const isWanted = wantedOf(wish.machines);
      const { rows } = await inventoryOf(parts, source, signal);
      const plan: Plan = {
        id: newPlanId(),
        name,
        source: source.id,
        destination: destination.id,
        options: definedOf(options),
        window,
        notBefore,
        priority,
        machines: machinesOf(wish.machines, rows.filter(isWanted)),
        createdAt: new Date().toISOString(),
        startedAt: null,
      };
      await plans.put(plan);
      events.tell({ kind: 'plan', id: plan.id });
      return plan;
    },
    'plans.show': async ({ plan }) => await Promise.resolve(plans.find(plan)),
    'plans.start': async ({ plan }) => {
      const { id } = plans.find(plan);
      const before = starting.get(id) ?? Promise.resolve();
      const turn = before.catch(() => {}).then(async () => await startPlan(parts, scheduler, plans, plans.find(id)));
      starting.set(id, turn);
      try {
        return await turn;
      } finally {
        if (starting.get(id) === turn) starting.delete(id);
      }
    },
    'plans.delete': async ({ plan }) => {
      const { id } = plans.find(plan);
      await plans.remove(id);
      events.tell({ kind: 'plan', id });
      return { deleted: id };
    },
  };
}

type Wished = ParsedOf<'plans.create'>['machines'];

function wantedOf(machines: Wished): (row: InventoryRow) => boolean {
  const names = new Set(machines.map(({ vm }) => vm));
  return ({ kind, ref, name }) => kind === 'vm' && (names.has(ref) || names.has(name));
}

/** By ref or name, all of one reading of the inventory. @throws PlanMachinesError naming all that are wrong */
function machinesOf(machines: Wished, rows: readonly InventoryRow[]): PlannedMachine[] {
  const byName = new Map<string, InventoryRow[]>();
  for (const row of rows) byName.set(row.name, [...(byName.get(row.name) ?? []), row]);
  const byRef = new Map(rows.map((row) => [row.ref, row]));
  const wrong: string[] = [];
  const taken = new Set<string>();
  const planned = machines.flatMap(({ vm, wave, options }): PlannedMachine[] => {
    const found = byRef.get(vm);
    const candidates = found === undefined ? (byName.get(vm) ?? []) : [found];
    const [first] = candidates;
    if (first === undefined) wrong.push(`“${vm}” is not there`);
    else if (candidates.length > 1) wrong.push(`“${vm}” is the name of ${candidates.map(({ ref }) => ref).join(', ')}`);
    else if (taken.has(first.ref)) wrong.push(`“${vm}” is named twice`);
    else {
      const { ref, name } = first;
      taken.add(ref);
      return [{ vm: { ref, name }, wave, options: definedOf(options), migration: null }];
    }
    return [];
  });
  if (wrong.length > 0) throw new PlanMachinesError(wrong);
  return planned;
}

/**
 * First the queue knows the new migrations, then the plan does, then they are written down, then they may run: cut short
 * anywhere, the next start goes on where this one stood and makes no machine's migration twice.
 */
async function startPlan(
  parts: Parts,
  scheduler: Scheduler,
  plans: PlanFile,
  before: Plan,
): Promise<{ plan: Plan; results: ActionResult[] }> {
  const known = new Set(before.machines.flatMap(({ migration }) => migration ?? []));
  const all = new Set((await parts.migrations.all()).map(({ request }) => request.id));
  for (const id of scheduler.idsOfPlan(before.id)) if (!known.has(id) && !all.has(id)) await scheduler.forget(id);

  const machines = before.machines.map((machine) => ({ ...machine, migration: machine.migration ?? newId() }));
  const fresh = machines.filter(({ migration }) => !known.has(migration));
  const { window, notBefore, priority, id: plan } = before;
  await scheduler.scheduleMany(
    fresh.map(({ migration, wave }) => ({ id: migration, schedule: { plan, wave, window, notBefore, priority } })),
  );
  const after: Plan = { ...before, machines, startedAt: before.startedAt ?? new Date().toISOString() };
  await plans.put(after);
  parts.events.tell({ kind: 'plan', id: plan });

  // What has a place in the queue's books and no record was cut short; what has neither was deleted.
  const inBooks = new Set(scheduler.idsOfPlan(plan));
  const missing = machines.filter(({ migration }) => inBooks.has(migration) && !all.has(migration));
  const failed = await writeDown(parts, after, missing);
  const fromNow = new Set(missing.map(({ migration }) => migration));
  const started = await scheduler.actOnMany(
    machines
      .map(({ migration }) => migration)
      .filter((id) => inBooks.has(id) && !failed.has(id) && (fromNow.has(id) || scheduler.numberOf(id) === 0)),
    'start',
  );
  const failures = [...failed].map(([id, error]) => ({ id, error: toErrorInfo(error) }));
  return { plan: after, results: [...started, ...failures] };
}

const newId = (): MigrationId => MigrationId.parse(`mig_${randomLetters()}`);

/** @returns why some could not be */
async function writeDown(
  { engines, dataDir, migrations }: Parts,
  plan: Plan,
  machines: readonly (PlannedMachine & { readonly migration: MigrationId })[],
): Promise<Map<MigrationId, unknown>> {
  const failed = new Map<MigrationId, unknown>();
  const left = [...machines];
  const never = new AbortController().signal; // half a plan is of no use to anybody
  const next = async (): Promise<void> => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) {
      const request: MigrationRequest = {
        id: one.migration,
        source: plan.source,
        destination: plan.destination,
        vm: one.vm,
        options: { ...defaultOptions, ...definedOf(plan.options), ...definedOf(one.options) },
        createdAt: new Date().toISOString(),
      };
      try {
        await engines.run({ kind: 'planned', request, dataDir }, never);
        await migrations.refresh(request.id);
      } catch (error) {
        failed.set(request.id, error);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
  return failed;
}
