/** What must be over, or done, before a migration may start: the waves of its plan before its own, wherever they are, and those it comes after. */
import type { MigrationId } from '../shared/migration.ts';
import type { PlanId, Schedule, WaitsFor } from '../shared/schedule.ts';
import { isOver, type Stage } from '../shared/stages.ts';
import type { Wish } from './entries.ts';
import { filed } from './filed.ts';

export interface Member {
  readonly id: MigrationId;
  readonly schedule: Pick<Schedule, 'plan' | 'wave' | 'after'>;
  /** `run`: somebody asked for it, also again after it has failed, and nobody has written down yet that it did. */
  readonly wish: Wish;
}

/** The first wave of a plan that is at another Guts and not over there; null where there is none. */
export type ElsewhereOf = (plan: PlanId) => { readonly wave: number; readonly at: string } | null;

/** Null where there is no such migration. */
export type StageOf = (id: MigrationId) => Stage | null;

export class Waves {
  readonly #stageOf: StageOf;
  /** The first wave of each plan that is not over. */
  readonly #first = new Map<PlanId, number>();
  readonly #elsewhere = new Map<PlanId, ReturnType<ElsewhereOf>>();
  /** By the first wave and one's own: thousands wait for the same. */
  readonly #said = new Map<number, Map<number, WaitsFor>>();
  readonly #members: readonly Member[];
  #wished: ReadonlySet<MigrationId> | undefined;

  /** @param members of all plans, also those that nobody asked to run yet */
  constructor(members: readonly Member[], stageOf: StageOf, elsewhereOf: ElsewhereOf = () => null) {
    this.#stageOf = stageOf;
    this.#members = members;
    for (const { id, schedule, wish } of members) {
      const { plan, wave } = schedule;
      if (plan === null) continue;
      if (!this.#elsewhere.has(plan)) this.#elsewhere.set(plan, elsewhereOf(plan));
      const first = this.#first.get(plan);
      if (first !== undefined && wave >= first) continue;
      const stage = stageOf(id);
      if (stage !== null && (!isOver(stage) || wish === 'run')) this.#first.set(plan, wave);
    }
  }

  /** Null where nothing of that kind is in the way. */
  inTheWay({ schedule }: Pick<Member, 'schedule'>): WaitsFor | null {
    const first = schedule.plan === null ? undefined : this.#first.get(schedule.plan);
    if (first !== undefined && first < schedule.wave) return this.#notOver(first, schedule.wave);
    const elsewhere = (schedule.plan === null ? null : this.#elsewhere.get(schedule.plan)) ?? null;
    if (elsewhere !== null && elsewhere.wave < schedule.wave) {
      const says = `Wave ${elsewhere.wave} of its plan is at “${elsewhere.at}”, where it is not over as far as is known here, and this is wave ${schedule.wave}.`;
      return { reason: 'wave', says, until: null };
    }
    const before = schedule.after.find((id) => this.#stageOf(id) !== 'done' || this.#isWished(id));
    if (before === undefined) return null;
    const stage = this.#stageOf(before);
    const says =
      stage === null
        ? `It comes after ${before}, which is not there any more: take that out of its schedule.`
        : stage === 'given'
          ? `It comes after ${before}, which another Guts has: take that back, or take it out of the schedule.`
          : isOver(stage) && stage !== 'done'
            ? `It comes after ${before}, which ended as “${stage}”: retry that, or take it out of the schedule.`
            : `It comes after ${before}, which is not done.`;
    return { reason: 'after', says, until: null };
  }

  #notOver(first: number, wave: number): WaitsFor {
    const ofFirst = filed(this.#said, first, () => new Map<number, WaitsFor>());
    return filed(ofFirst, wave, () => {
      const says = `Wave ${first} of its plan is not over, and this is wave ${wave}.`;
      return { reason: 'wave', says, until: null };
    });
  }

  /** Few come after others: it is looked for when one does. */
  #isWished(id: MigrationId): boolean {
    this.#wished ??= new Set(this.#members.filter(({ wish }) => wish === 'run').map((member) => member.id));
    return this.#wished.has(id);
  }
}

/** Whether each would have to wait for the other, over however many in between. */
export function wouldWaitForItself(
  id: MigrationId,
  schedule: Pick<Schedule, 'plan' | 'wave' | 'after'>,
  others: ReadonlyMap<MigrationId, Pick<Schedule, 'plan' | 'wave' | 'after'>>,
): boolean {
  const seen = new Set<MigrationId>();
  const waves = new Map<PlanId, number>(); // of each plan, the wave below which all were looked at
  const left = [id];
  for (let at = left.pop(); at !== undefined; at = left.pop()) {
    const { plan, wave, after } = at === id ? schedule : (others.get(at) ?? { plan: null, wave: 1, after: [] });
    const before = [...after];
    if (plan !== null && wave > (waves.get(plan) ?? 1)) {
      waves.set(plan, wave);
      for (const [other, its] of others) if (other !== id && its.plan === plan && its.wave < wave) before.push(other);
      if (schedule.plan === plan && schedule.wave < wave) before.push(id);
    }
    for (const next of before) {
      if (next === id) return true;
      if (!seen.has(next)) left.push(next);
      seen.add(next);
    }
  }
  return false;
}
