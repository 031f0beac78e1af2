/** Proposes waves for the machines of a plan, by what its inventory tells of them and what migrations took before. */
import type { OutputOf, ParsedOf } from '../shared/operations.ts';
import { elsewhereOf, type Plan, type PlannedMachine } from '../shared/plans.ts';
import { measuredOf, measuredRate } from '../shared/proposals/forecast.ts';
import { proposeWaves, type WaveMachine } from '../shared/proposals/waves.ts';
import type { SchedulerSettings } from '../shared/schedule.ts';
import type { InventoryThing } from '../store/inventory.ts';
import { find, readAll } from './find.ts';
import type { Parts } from './handlers.ts';

/** So many of the newest are measured. */
const MOST_MEASURED = 10;

/** Waves that have begun, or that another Guts has, stay as they are; those that are proposed come after them. */
export async function proposedWaves(
  parts: Parts,
  plan: Plan,
  { slots }: Pick<SchedulerSettings, 'slots'>,
  { most, pilot, by, bytesPerSecond }: Omit<ParsedOf<'plans.proposeWaves'>, 'plan'>,
  signal: AbortSignal,
): Promise<OutputOf<'plans.proposeWaves'>> {
  const isOpen = ({ migration, wave }: PlannedMachine): boolean =>
    migration === null && elsewhereOf(plan, wave) === undefined;
  const open = plan.machines.filter(isOpen);
  const begun = [...plan.machines.filter((one) => !isOpen(one)), ...(plan.elsewhere ?? [])];
  const last = begun.reduce((number, { wave }) => Math.max(number, wave), 0);
  const wanted = new Set(open.map(({ vm }) => vm.ref));
  const rows = await find(parts, plan.source, ({ kind, ref }) => kind === 'vm' && wanted.has(ref), signal);
  const known = new Map((await readAll(rows, ({ one }) => hintedOf(one))).flatMap((one) => one ?? []).map(byRef));
  const rate = bytesPerSecond ?? (await rateOf(parts));
  const proposed = proposeWaves(
    open.map(({ vm }) => known.get(vm.ref) ?? { ...vm, ...nothingKnown }),
    {
      mostMachines: most,
      windowSeconds: rate === null || plan.window === null ? null : plan.window.minutes * 60,
      pilotMachines: last === 0 ? pilot : 0,
      bytesPerSecond: rate ?? 1,
      atOnce: Math.min(slots.global, slots.perSource, slots.perDestination),
      knowsReadiness: false,
      ...(by === undefined ? {} : { by: by === 'size' ? [] : [by] }),
    },
  );
  const names = new Map(open.map(({ vm }) => [vm.ref, vm] as const));
  return {
    waves: proposed.map(({ number, isPilot, refs, bytes, seconds, why }) => ({
      number: number + last,
      isPilot,
      machines: refs.flatMap((ref) => names.get(ref) ?? []),
      bytes,
      seconds: rate === null ? null : seconds,
      why,
    })),
    bytesPerSecond: rate,
  };
}

const nothingKnown = { folder: '', tags: [], annotation: '', bytes: 0, isReady: true };
const byRef = (machine: WaveMachine): readonly [string, WaveMachine] => [machine.ref, machine];

function hintedOf(one: InventoryThing): WaveMachine | null {
  if (one.kind !== 'vm') return null;
  const { ref, name, folder, tags, annotation, disks } = one.thing;
  const bytes = disks.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return { ref, name, folder, tags, annotation, bytes, isReady: true };
}

async function rateOf({ migrations }: Pick<Parts, 'migrations'>): Promise<number | null> {
  const done = (await migrations.all()).filter(({ stage }) => stage === 'done').slice(0, MOST_MEASURED);
  return measuredRate(done.flatMap((one) => measuredOf(one) ?? []));
}
