/** Asks again for what a host refuses while it is busy with the machine: a backup, a merge, somebody else's order. */
import { setTimeout as pause } from 'node:timers/promises';
import { HypervCommandError } from './errors.ts';

/** Before each further try: a minute in all. */
const PAUSES_MS = [1000, 4000, 10_000, 15_000, 30_000];

/** For what has to be put back: nobody is there who would try it again. @throws what `act` throws in the end */
export async function despiteRefusals<T>(act: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (const pauseMs of PAUSES_MS) {
    try {
      return await act();
    } catch (error) {
      if (signal.aborted || !(error instanceof HypervCommandError)) throw error;
      await pause(pauseMs, undefined, { signal });
    }
  }
  return await act();
}
