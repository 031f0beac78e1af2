/** Tries again what a network can spoil: with longer and longer pauses, and not for ever. */
import { setTimeout as pause } from 'node:timers/promises';
import { ConnectionLostError, UnreachableError } from './errors.ts';
import { HttpStatusError } from './http-errors.ts';

export interface RetryOptions {
  /** Tries in a row that bring nothing, before the last one's error stands. */
  readonly mostTries: number;
  /** Before the second try; doubled for each one after, up to `LONGEST_PAUSE_MS`. */
  readonly firstPauseMs: number;
}

export const defaultRetries: RetryOptions = { mostTries: 6, firstPauseMs: 250 };

const LONGEST_PAUSE_MS = 30_000;
/** A try that brought less counts as one that brought nothing. */
const PROGRESS_BYTES = 256 * 1024;

/** Counts the tries of one thing; `error` says whether there may be another, and waits for its time. */
export class Retries {
  readonly #options: RetryOptions;
  #failures = 0;
  #bytesBefore = 0;

  constructor(options: RetryOptions) {
    this.#options = options;
  }

  /**
   * Returns when it is time for the next try.
   * @param bytes that have come so far, over all tries
   * @throws `error` itself, where another try would not help or there were enough
   */
  async after(error: unknown, bytes: number, signal: AbortSignal): Promise<void> {
    if (!isPassing(error)) throw error;
    if (bytes - this.#bytesBefore >= PROGRESS_BYTES) this.#failures = 0;
    this.#bytesBefore = bytes;
    this.#failures += 1;
    if (this.#failures >= this.#options.mostTries) throw error;
    const wish = error instanceof HttpStatusError ? (error.retryAfterSeconds ?? 0) * 1000 : 0;
    const ms = Math.max(wish, this.#options.firstPauseMs * 2 ** (this.#failures - 1));
    await pause(Math.min(ms, LONGEST_PAUSE_MS), undefined, { signal });
  }
}

/** Whether it may be better a moment later. */
export function isPassing(error: unknown): boolean {
  return (
    error instanceof ConnectionLostError ||
    error instanceof UnreachableError ||
    (error instanceof HttpStatusError && error.retryable)
  );
}
