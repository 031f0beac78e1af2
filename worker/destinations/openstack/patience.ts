/** Asks again where that is safe: which errors allow it, and how long to wait in between. */
import { setTimeout as pauseFor } from 'node:timers/promises';
import { ConnectionLostError, UnreachableError } from '../../net/errors.ts';
import { ServiceUnavailableError } from './errors.ts';

/** Waits so long, or until the signal says otherwise. */
export type Pause = (ms: number, signal: AbortSignal) => Promise<void>;

/** What time it is, and how to wait between two tries; tests pass their own. */
export interface Clock {
  readonly now: () => number;
  readonly pause: Pause;
}
export const wallClock: Clock = {
  now: () => Date.now(),
  pause: (ms, signal) => pauseFor(ms, undefined, { signal }),
};

/** A minute in all for one question: a service that is restarted is back by then. */
const PAUSES_MS = [500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000] as const;
const LONGEST_PAUSE_MS = 60_000;
/** An error inside a service is seldom gone a minute later when it is not gone after seconds. */
const MOST_REPEATS_OF_500 = 3;

/** Over all questions that a service leaves unanswered in a row. */
const LONGEST_OUTAGE_MS = 90_000;

/** How long one service has been out; its questions share it, so that not each of them has all of the patience anew. */
export class Outage {
  #beganMs: number | null = null;

  /** @param error that came of a question; null for an answer */
  note(error: unknown, nowMs: number): void {
    this.#beganMs = isOut(error) ? (this.#beganMs ?? nowMs) : null;
  }

  isTooLongAt(ms: number): boolean {
    return this.#beganMs !== null && ms - this.#beganMs > LONGEST_OUTAGE_MS;
  }
}

const isOut = (error: unknown): boolean =>
  error instanceof UnreachableError ||
  error instanceof ConnectionLostError ||
  (error instanceof ServiceUnavailableError && error.status > 500);

/**
 * @param isSafe asking twice does no harm, even when the first question was heard and only its answer was lost
 * @throws the last error, once patience or safety ends
 */
export async function patiently<T>(
  ask: () => Promise<T>,
  isSafe: boolean,
  { now, pause }: Clock,
  signal: AbortSignal,
  outage = new Outage(),
): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      const answer = await ask();
      outage.note(null, now());
      return answer;
    } catch (error) {
      if (!signal.aborted) outage.note(error, now());
      const ms = pauseAfter(error, attempt, isSafe);
      if (ms === null || outage.isTooLongAt(now() + ms)) throw error;
      await pause(ms, signal);
    }
  }
}

/** Null is the end of it. */
function pauseAfter(error: unknown, attempt: number, isSafe: boolean): number | null {
  const usual = PAUSES_MS[attempt];
  if (usual === undefined) return null;
  const spread = usual * (0.75 + Math.random() / 2); // many that were stopped together do not come back together
  if (error instanceof UnreachableError) return spread; // it never left
  if (error instanceof ConnectionLostError) return isSafe ? spread : null;
  if (!(error instanceof ServiceUnavailableError)) return null;
  const { status, refusal } = error;
  const asked = (refusal.retryAfterSeconds ?? 0) * 1000;
  if (asked > LONGEST_PAUSE_MS) return null;
  if (status === 413) return asked > 0 ? asked : null; // without a time it is no limit of rate
  if (status === 429) return Math.max(asked, spread); // turned away at the door
  if (!isSafe || (status === 500 && attempt >= MOST_REPEATS_OF_500)) return null;
  return Math.max(asked, spread);
}
