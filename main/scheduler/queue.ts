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
  const byRank = groupByRank(queued);
  const listed = new Map<PlanId | null, number>();
  const order: T[] = [];
  for (const rank of [...byRank.keys()].sort((a, b) => b - a)) {
    const byTurn: T[][] = [];
    for (const one of (byRank.get(rank) ?? []).sort((a, b) => a.number - b.number)) {
      const { plan } = one.schedule;
      const turn = listed.get(plan) ?? runningOf(plan);
      listed.set(plan, turn + 1);
      (byTurn[turn] ??= []).push(one);
    }
    for (const ofTurn of byTurn) if (ofTurn !== undefined) for (const one of ofTurn) order.push(one);
  }
  return order;
}

function groupByRank<T extends Queued>(queued: readonly T[]): Map<number, T[]> {
  const groups = new Map<number, T[]>();
  for (const one of queued) {
    const rank = rankOf(one);
    const group = groups.get(rank);
    if (group === undefined) groups.set(rank, [one]);
    else group.push(one);
  }
  return groups;
}

/** Above every priority. */
const UNDERWAY = 10_000;
const rankOf = ({ isUnderway, schedule }: Queued): number => schedule.priority + (isUnderway ? UNDERWAY : 0);
