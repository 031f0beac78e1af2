/** The order of the queue: what is under way already, then by priority; plans take turns; equals go by age. */
import type { PlanId } from '../shared/schedule.ts';

export interface Queued {
  /** Grows with every one that is put into the queue. */
  readonly number: number;
  /** It was admitted before and was interrupted, or had to wait: its machine may be off. */
  readonly isUnderway: boolean;
  readonly schedule: { readonly priority: number; readonly plan: PlanId | null };
}

/**
 * Of two plans the one of which fewer run goes first, and each that goes makes it one more. Migrations without a plan
 * take turns with the plans as if they were one.
 * @param runningOf how many of a plan run already
 */
export function inOrder<T extends Queued>(queued: readonly T[], runningOf: (plan: PlanId | null) => number): T[] {
  const byRank = [...queued].sort((a, b) => rankOf(b) - rankOf(a) || a.number - b.number);
  const listed = new Map<PlanId | null, number>();
  const turns = byRank.map((one) => {
    const { plan } = one.schedule;
    const turn = listed.get(plan) ?? runningOf(plan);
    listed.set(plan, turn + 1);
    return { one, turn };
  });
  // Stable: among the same rank and turn the older one stays in front.
  return turns.sort((a, b) => rankOf(b.one) - rankOf(a.one) || a.turn - b.turn).map(({ one }) => one);
}

/** Above every priority. */
const UNDERWAY = 10_000;
const rankOf = ({ isUnderway, schedule }: Queued): number => schedule.priority + (isUnderway ? UNDERWAY : 0);
