/** Asks again for what a host refuses while it is busy with the machine: a backup, a merge, somebody else's order. */
import { setTimeout as pause } from 'node:timers/promises';
import { HypervCommandError } from './errors.ts';
import { SmbRefusedError } from './smb/errors.ts';

/** Before each further try: a minute in all. */
const PAUSES_MS = [1000, 4000, 10_000, 15_000, 30_000];
const LOCK_PAUSES_MS = [500, 1500, 3000, 5000];

/** For what has to be put back: nobody is there who would try it again. @throws what `act` throws in the end */
export async function despiteRefusals<T>(act: () => Promise<T>, signal: AbortSignal): Promise<T> {
  return await again(PAUSES_MS, (error) => error instanceof HypervCommandError, act, signal);
}

/** A machine that has just been shut down, or merged, may hold its files for a moment longer. @throws what `act` throws in the end */
export async function onceFree<T>(act: () => Promise<T>, signal: AbortSignal): Promise<T> {
  return await again(LOCK_PAUSES_MS, isInUse, act, signal);
}

/** A disk that is written to right now: it is there, and will be free when its machine stands still. */
export const isInUse = (error: unknown): boolean =>
  error instanceof SmbRefusedError && error.code === 'hyperv.file-locked';

async function again<T>(
  pausesMs: readonly number[],
  mayPass: (error: unknown) => boolean,
  act: () => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  for (const pauseMs of pausesMs) {
    try {
      return await act();
    } catch (error) {
      if (signal.aborted || !mayPass(error)) throw error;
      await pause(pauseMs, undefined, { signal });
    }
  }
  return await act();
}
