/**
 * Watches how long the event loop of this process lets others wait. The system tells how long the thread was ready and got
 * no processor; that is taken off, so that what else runs on the machine is not laid to this program.
 */
import { closeSync, openSync, readSync } from 'node:fs';

const EVERY_MS = 1;

export interface LoopReport {
  /** Milliseconds in a row in which nothing else could be done, one value for each turn that was looked at. */
  readonly heldMs: readonly number[];
}

export class LoopWatch implements Disposable {
  /** Of the main thread. */
  readonly #file = openSync('/proc/self/schedstat', 'r');
  readonly #buffer = Buffer.alloc(128);
  #heldMs: number[] = [];
  #lastMs = performance.now();
  #waitedMs = this.#waited();
  #timer: NodeJS.Timeout;

  constructor() {
    this.#timer = setTimeout(() => this.#look(), EVERY_MS);
  }

  /** Since the last time. */
  report(): LoopReport {
    const heldMs = this.#heldMs;
    this.#heldMs = [];
    return { heldMs };
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    closeSync(this.#file);
  }

  #look(): void {
    const nowMs = performance.now();
    const waitedMs = this.#waited();
    this.#heldMs.push(Math.max(0, nowMs - this.#lastMs - (waitedMs - this.#waitedMs) - EVERY_MS));
    this.#waitedMs = waitedMs;
    this.#lastMs = performance.now();
    this.#timer = setTimeout(() => this.#look(), EVERY_MS);
  }

  /** Ready and without a processor, since the process began: the second number, in nanoseconds. */
  #waited(): number {
    const length = readSync(this.#file, this.#buffer, 0, this.#buffer.length, 0);
    const [, nanoseconds = '0'] = this.#buffer.toString('latin1', 0, length).split(' ');
    return Number(nanoseconds) / 1e6;
  }
}
