/** Which waves of a plan are not over on one side, and what it is told of those that another one has. */
import { wavesHere, type ElsewhereWave, type Plan } from '../shared/plans.ts';
import type { OpenWaves } from '../shared/operations/handovers.ts';
import type { PlanId } from '../shared/schedule.ts';
import { isOver } from '../shared/stages.ts';
import type { KeptHandover } from './handover-file.ts';
import type { SideParts } from './side-parts.ts';

type WaveParts = Pick<SideParts, 'parts' | 'scheduler' | 'plans'>;

/**
 * From the first on: those of which a migration here is not over, or is to be started, and those that others have, as they told.
 * @param except what the other side of this hand-over has told itself
 */
export async function openWaves(of: WaveParts, id: PlanId, except: KeptHandover['id'] | null): Promise<number[]> {
  const { parts, scheduler, plans } = of;
  const open = new Set<number>();
  for (const one of scheduler.idsOfPlan(id)) {
    const record = await parts.migrations.one(one).catch(() => null);
    if (record === null) continue;
    const { schedule, stage, isQueued } = scheduler.view(record);
    if (schedule !== null && (isQueued || !isOver(stage))) open.add(schedule.wave);
  }
  const plan = plans.plans.find((one) => one.id === id);
  if (plan !== undefined) for (const wave of toCome(plan, except)) open.add(wave);
  return [...open].sort((a, b) => a - b);
}

/** Waves with machines that were not started, and those that others have. */
function toCome(plan: Plan, except: KeptHandover['id'] | null): number[] {
  const elsewhere = (plan.elsewhere ?? []).filter(({ isOpen, handover }) => isOpen && handover !== except);
  if (plan.given !== undefined) return [...wavesHere(plan), ...elsewhere.map(({ wave }) => wave)]; // nobody tells how far they are
  const here = new Set(wavesHere(plan));
  const unstarted = plan.machines.filter(({ wave, migration }) => migration === null && here.has(wave));
  return [...unstarted, ...elsewhere].map(({ wave }) => wave);
}

/** What is to be said to the other side of a hand-over. */
export async function wavesFor(of: WaveParts, { id, plan }: KeptHandover): Promise<OpenWaves> {
  const known = of.plans.plans.find((one) => one.id === plan.id);
  const isAwaiting = known?.elsewhere?.some(({ handover, isOpen }) => isOpen && handover === id) === true;
  return { open: await openWaves(of, plan.id, id), isAwaiting };
}

/** The other side of a hand-over has told which waves are not over there. */
export async function hearWaves(of: WaveParts, handover: KeptHandover, open: readonly number[]): Promise<void> {
  await of.plans.inTurnOf(handover.plan.id, async (plan) => {
    if (plan !== undefined) await putTold(of, handover, plan, open); // also of a plan that was given: its taker may wait
  });
}

async function putTold(
  of: WaveParts,
  { id, peer }: KeptHandover,
  before: Plan,
  open: readonly number[],
): Promise<void> {
  const told = new Set(open);
  const known = (before.elsewhere ?? []).map((one) =>
    one.handover === id ? { ...one, isOpen: told.has(one.wave) } : one,
  );
  const here = new Set([...before.machines, ...known].map(({ wave }) => wave));
  const fresh = open.filter((wave) => !here.has(wave));
  const entries = fresh.map((wave) => entryOf({ id, peer }, { wave, isOpen: true }));
  await putElsewhere(of, before, [...known, ...entries]);
}

export const entryOf = (
  { id, peer }: Pick<KeptHandover, 'id' | 'peer'>,
  { wave, isOpen }: Pick<ElsewhereWave, 'wave' | 'isOpen'>,
): ElsewhereWave => ({ handover: id, to: peer, at: new Date().toISOString(), wave, isOpen });

/** Others may have waited for that. */
export async function putElsewhere(of: WaveParts, before: Plan, elsewhere: readonly ElsewhereWave[]): Promise<void> {
  if (JSON.stringify(elsewhere) === JSON.stringify(before.elsewhere ?? [])) return;
  await putPlan(of, withElsewhere(before, elsewhere));
}

export function withElsewhere(plan: Plan, elsewhere: readonly ElsewhereWave[]): Plan {
  const { elsewhere: _before, ...rest } = plan;
  return elsewhere.length === 0 ? rest : { ...rest, elsewhere: [...elsewhere] };
}

export async function putPlan({ plans, parts, scheduler }: WaveParts, plan: Plan): Promise<void> {
  await plans.put(plan);
  parts.events.tell({ kind: 'plan', id: plan.id });
  scheduler.look();
}
