/** Answers what is asked about plans: machines of one source that go to one destination in waves. */
import { PlanGivenError, WaveGivenError } from '../handover/errors.ts';
import { toErrorInfo } from '../shared/errors.ts';
import { defaultOptions, MigrationId, type MigrationRequest } from '../shared/migration.ts';
import { elsewhereOf, timesOf, type Plan, type PlannedMachine } from '../shared/plans.ts';
import type { ActionResult } from '../shared/schedule.ts';
import { newPlanId, PlanChangedError, type PlanFile } from '../scheduler/plan-file.ts';
import type { Scheduler } from '../scheduler/scheduler.ts';
import { randomLetters } from '../store/connections.ts';
import { definedOf } from './defined.ts';
import type { Parts, Some } from './handlers.ts';
import { changedPlan, demandSameSides, demandTimes, moved, wavesKept, withMore } from './plan-changes.ts';
import { exported } from './plan-files.ts';
import { machinesOf } from './plan-machines.ts';
import { proposedWaves } from './plan-waves.ts';

/** Migrations that are written down at the same time. */
const AT_ONCE = 4;

type PlanNames =
  | 'plans.list'
  | 'plans.create'
  | 'plans.show'
  | 'plans.change'
  | 'plans.add'
  | 'plans.move'
  | 'plans.start'
  | 'plans.delete'
  | 'plans.export'
  | 'plans.proposeWaves';

export function planHandlers(parts: Parts, scheduler: Scheduler, plans: PlanFile): Some<PlanNames> {
  const { connections, events } = parts;

  const keep = async (plan: Plan): Promise<Plan> => {
    await plans.put(plan);
    events.tell({ kind: 'plan', id: plan.id });
    return plan;
  };

  return {
    'plans.list': async () => await Promise.resolve({ plans: [...plans.plans] }),
    'plans.create': async (wish, { signal }) => {
      const { name, options, window, notBefore, priority, waves } = wish;
      const source = await connections.find('source', wish.source);
      const destination = await connections.find('destination', wish.destination);
      demandTimes(wish);
      return await keep({
        id: newPlanId(),
        name,
        source: source.id,
        destination: destination.id,
        options: definedOf(options),
        window,
        notBefore,
        priority,
        waves,
        machines: await machinesOf(parts, source, wish.machines, signal),
        createdAt: new Date().toISOString(),
        startedAt: null,
      });
    },
    'plans.show': async ({ plan }) => await Promise.resolve(plans.find(plan)),
    'plans.change': async ({ plan, ...wish }, { signal }) =>
      await plans.inTurn(plan, async (before) => {
        const source = await connections.find('source', wish.source ?? before.source);
        const destination = await connections.find('destination', wish.destination ?? before.destination);
        demandHere(before);
        demandSameSides(before, source.id, destination.id);
        demandTimes(wish);
        return await keep(wavesKept(before, await changedPlan(parts, before, wish, { source, destination }, signal)));
      }),
    'plans.add': async ({ plan, machines }, { signal }) =>
      await plans.inTurn(plan, async (before) => {
        demandHere(before);
        const source = await connections.find('source', before.source);
        const more = await machinesOf(parts, source, machines, signal);
        return await keep(wavesKept(before, withMore(before, more)));
      }),
    'plans.move': async ({ plan, machines }, { signal }) =>
      await plans.inTurn(plan, async (before) => {
        demandHere(before);
        const source = await connections.find('source', before.source);
        return await keep(wavesKept(before, await moved(parts, before, machines, source, signal)));
      }),
    'plans.start': async ({ plan }) =>
      await plans.inTurn(plan, async (before) => await startPlan(parts, scheduler, plans, before)),
    'plans.proposeWaves': async ({ plan, ...wish }, { signal }) =>
      await proposedWaves(parts, plans.find(plan), scheduler.settings, wish, signal),
    'plans.export': async ({ plan, format }) => await exported(parts, plans.find(plan), format),
    'plans.delete': async ({ plan }) =>
      await plans.inTurn(plan, async ({ id }) => {
        await plans.remove(id);
        events.tell({ kind: 'plan', id });
        scheduler.look(); // what waited for its waves elsewhere does not any more
        return { deleted: id };
      }),
  };
}

/** @throws PlanGivenError: what is changed here nobody would see where it is carried out */
function demandHere({ name, given }: Plan): void {
  if (given !== undefined) throw new PlanGivenError(name, given.to.name);
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
  demandHere(before);
  const isHere = ({ wave }: PlannedMachine): boolean => elsewhereOf(before, wave) === undefined;
  const [away] = before.machines.some(isHere) ? [] : (before.elsewhere ?? []);
  if (away !== undefined) throw new WaveGivenError(before.name, away.wave, away.to.name);
  const known = new Set(before.machines.flatMap(({ migration }) => migration ?? []));
  const all = new Set((await parts.migrations.all()).map(({ request }) => request.id));
  const machines = before.machines
    .filter(isHere)
    .map((machine) => ({ ...machine, migration: machine.migration ?? newId() }));
  const fresh = machines.filter(({ migration }) => !known.has(migration));
  const { priority, id: plan } = before;
  await scheduler.scheduleMany(
    fresh.map(({ migration, wave }) => ({
      id: migration,
      schedule: { plan, wave, ...timesOf(before, wave), priority },
    })),
  );
  const byRef = new Map(machines.map((machine) => [machine.vm.ref, machine]));
  const planned = before.machines.map((machine) => byRef.get(machine.vm.ref) ?? machine);
  const after: Plan = { ...before, machines: planned, startedAt: before.startedAt ?? new Date().toISOString() };
  try {
    await plans.put(after);
  } catch (error) {
    // Another error does not say whether the plan has them: the next start looks.
    if (error instanceof PlanChangedError)
      await scheduler.forgetMany(fresh.map(({ migration }) => migration)).catch(() => {});
    throw error;
  }
  parts.events.tell({ kind: 'plan', id: plan });
  // A start that was cut short has left these.
  const own = new Set(after.machines.map(({ migration }) => migration));
  const now = new Set((await parts.migrations.all()).map(({ request }) => request.id));
  await scheduler.forgetMany(scheduler.idsOfPlan(plan).filter((id) => !own.has(id) && !now.has(id)));

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
  { journals, migrations }: Parts,
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
        await journals.begin(request, never);
        await migrations.refresh(request.id);
      } catch (error) {
        failed.set(request.id, error);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
  return failed;
}
