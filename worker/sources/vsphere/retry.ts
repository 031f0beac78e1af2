/** Tries again, with growing pauses, what can be repeated without harm. */
import { setTimeout as pause } from 'node:timers/promises';
import { GutsError } from '../../../main/shared/errors.ts';
import { UnreachableError } from '../../net/errors.ts';
import { BusyError, UnavailableError } from './errors.ts';

const PAUSES_MS = [250, 500, 1000, 2000, 4000];
const LONGEST_PAUSE_MS = 30_000;
/** A lease whose owner is gone keeps its machine busy until it times out, by default after five minutes. */
const PATIENCE_MS = 6 * 60_000;
const TRIES = 3;

/**
 * After which failures a request may go out again: `always` when it can be repeated without harm, `unsent` when it
 * certainly never left this machine, `answered` when the server is there but has no time (for a first contact: whoever
 * gave a wrong address shall not have to wait).
 */
export type RetryRule = 'always' | 'unsent' | 'answered';

/** @throws the last error, or the signal's reason */
export async function withRetries<T>(rule: RetryRule, signal: AbortSignal, attempt: () => Promise<T>): Promise<T> {
  for (const pauseMs of PAUSES_MS) {
    try {
      return await attempt();
    } catch (error) {
      if (signal.aborted || !mayPass(error, rule)) throw error;
      const asked = error instanceof UnavailableError ? error.waitMs : null;
      await waitFor(Math.min(asked ?? pauseMs, LONGEST_PAUSE_MS), signal);
    }
  }
  return await attempt();
}

/**
 * Tries again what looks at the state of things first, and so may be repeated: while something else keeps the object
 * busy for as long as that can take, after other failures that may pass a few times.
 * @throws the last error, or the signal's reason
 */
export async function patiently<T>(signal: AbortSignal, attempt: () => Promise<T>): Promise<T> {
  const giveUp = performance.now() + PATIENCE_MS;
  for (let tried = 1; ; tried++) {
    try {
      return await attempt();
    } catch (error) {
      const mayHelp =
        error instanceof BusyError ? performance.now() < giveUp : mayPass(error, 'always') && tried < TRIES;
      if (signal.aborted || !mayHelp) throw error;
      await waitFor(Math.min(250 * 2 ** tried, LONGEST_PAUSE_MS / 3), signal);
    }
  }
}

function mayPass(error: unknown, rule: RetryRule): boolean {
  if (!(error instanceof GutsError) || !error.retryable) return false;
  if (rule === 'unsent') return error instanceof UnreachableError;
  return rule === 'always' || error instanceof UnavailableError;
}

/** @throws the signal's reason */
async function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await pause(ms, undefined, { signal });
  } catch {
    signal.throwIfAborted();
  }
}
