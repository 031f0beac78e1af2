/** When something that failed is tried again: soon at first, then ever later, but for ever. */
import type { ErrorInfo } from '../shared/errors.ts';
import type { Trouble } from './entries.ts';

const MINUTES = [1, 2, 4, 8, 15] as const;
/** Whoever went well for so long begins from the front. */
const GOOD_FOR_MS = 15 * 60_000;
/** Codes of disks on this side that have no room left. */
const FULL: readonly string[] = ['destination.full', 'store.full'];
/** Not its own trouble. */
export const NODE_LOST = 'node.lost';
/** Its node may only have been cut off, as all were where the broker was away, and be heard again right then. */
const AFTER_A_LOSS = 1 / 6;

/** @param wentWellForMs how long it ran before it failed */
export function troubleAfter(error: ErrorInfo, before: Trouble | null, wentWellForMs: number, nowMs: number): Trouble {
  const isLoss = error.code === NODE_LOST;
  // Losses of nodes and other troubles are counted apart.
  const isMore = before !== null && (before.code === NODE_LOST) === isLoss && wentWellForMs < GOOD_FOR_MS;
  const tries = isMore ? before.tries + 1 : 1;
  const waits = isLoss ? [AFTER_A_LOSS, ...MINUTES] : MINUTES;
  const minutes = waits[Math.min(tries, waits.length) - 1] ?? MINUTES[0];
  return {
    tries,
    until: new Date(nowMs + minutes * 60_000).toISOString(),
    reason: FULL.includes(error.code) ? 'space' : 'trouble',
    says: `${error.message} ${error.remedy}`,
    code: error.code,
  };
}
