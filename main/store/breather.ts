/** Lets other work have the thread now and then, during work that would hold it for long. */
import { setImmediate } from 'node:timers/promises';

/** Well below what anybody who waits for an answer notices, and long enough that the pauses cost nothing. */
const HOLD_MS = 1;

export class Breather {
  #sinceMs = performance.now();

  /** The thread was held for long enough: time to `breathe`. Asked before each piece of work, since waiting itself costs. */
  get isDue(): boolean {
    return performance.now() - this.#sinceMs >= HOLD_MS;
  }

  async breathe(): Promise<void> {
    await setImmediate();
    this.#sinceMs = performance.now();
  }
}
