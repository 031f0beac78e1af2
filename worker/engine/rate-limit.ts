/**
 * Keeps what is sent within rates that threads share: token buckets, each of which holds a piece of an upload, but no more than
 * comes in a tenth of a second. That is the most that goes at once; on the whole no more goes than the rates say.
 */
import { setImmediate as soon, setTimeout as pause } from 'node:timers/promises';
import { wordOf } from '../../main/shared/rates.ts';

/** The piece in which an upload hands bytes to the network. */
const MOST_BYTES = 1024 * 1024;
const MOST_SECONDS = 0.1;
/** Of a full bucket: less is not worth a grant. */
const LEAST_SHARE = 1 / 4;
/** Of smaller ones the network would have more around them than in them. */
const LEAST_BYTES = 4096;
/** Whoever waited in vain is content with half of that, and again so often: it comes before those who have just had some. */
const MOST_HALVINGS = 3;
/** After so long rates are looked at again, whatever they were. */
const LONGEST_WAIT_MS = 250;

/** The clock of all threads of a process, and how to wait by it; tests have their own. */
export interface RateClock {
  /** Nanoseconds since some moment. */
  now(): bigint;
  wait(ms: number, signal: AbortSignal): Promise<void>;
}
const processClock: RateClock = {
  now: () => process.hrtime.bigint(),
  // A timer takes a millisecond at least, which is much at high rates.
  wait: async (ms, signal) => await (ms < 1 ? soon(undefined, { signal }) : pause(ms, undefined, { signal })),
};

/** A bucket that has a limit now. */
interface Limit {
  readonly bytesPerSecond: number;
  /** What it holds when it is full. */
  readonly mostBytes: number;
  /** Where the table has the time at which it was empty last. */
  readonly word: number;
}

export class RateLimit {
  readonly #table: BigInt64Array;
  readonly #words: readonly number[];
  readonly #clock: RateClock;

  /** @param buckets each of which has to let every byte pass. @throws RangeError where the table has no such bucket */
  constructor(rates: SharedArrayBuffer, buckets: readonly number[], clock: RateClock = processClock) {
    this.#table = new BigInt64Array(rates);
    this.#words = buckets.map((bucket) => wordOf(rates, bucket));
    this.#clock = clock;
  }

  /**
   * Waits until bytes may be sent. Throws the signal's reason when that aborts first.
   * @returns how many may be, at most `wantedBytes`; all of them, at once, where no bucket has a limit
   */
  async grant(wantedBytes: number, signal: AbortSignal): Promise<number> {
    for (let waited = 0; ; waited++) {
      signal.throwIfAborted();
      const limits = this.#limits();
      if (limits.length === 0) return wantedBytes;
      const { bytes, waitMs } = this.#take(wantedBytes, limits, waited);
      if (bytes > 0) return bytes;
      await this.#clock.wait(Math.min(waitMs, LONGEST_WAIT_MS), signal).catch(() => {}); // its reason is thrown above
    }
  }

  #limits(): Limit[] {
    return this.#words.flatMap((word) => {
      const bytesPerSecond = Number(Atomics.load(this.#table, word));
      if (bytesPerSecond === 0) return [];
      const mostBytes = Math.min(MOST_BYTES, Math.max(1, Math.floor(bytesPerSecond * MOST_SECONDS)));
      return { bytesPerSecond, mostBytes, word: word + 1 };
    });
  }

  /** From all buckets or from none; nothing where one of them holds too little, and how long that may take. */
  #take(
    wantedBytes: number,
    limits: readonly Limit[],
    waited: number,
  ): { readonly bytes: number; readonly waitMs: number } {
    const now = this.#clock.now();
    let bytes = wantedBytes;
    let waitMs = 0;
    for (const { bytesPerSecond, mostBytes, word } of limits) {
      const seconds = Number(now - Atomics.load(this.#table, word)) / 1e9;
      const held = Math.min(mostBytes, Math.floor(seconds * bytesPerSecond));
      const least = Math.min(wantedBytes, leastOf(mostBytes, waited));
      if (held < least) waitMs = Math.max(waitMs, (1000 * (least - held)) / bytesPerSecond);
      bytes = Math.min(bytes, held);
    }
    if (waitMs > 0) return { bytes: 0, waitMs };
    const taken: (() => void)[] = [];
    for (const limit of limits) {
      const giveBack = this.#takeFrom(limit, bytes, now);
      if (giveBack === null) {
        for (const undo of taken) undo();
        return { bytes: 0, waitMs: 0 }; // another thread was faster
      }
      taken.push(giveBack);
    }
    return { bytes, waitMs: 0 };
  }

  /** @returns how to give it back; null where there is no longer so much */
  #takeFrom({ bytesPerSecond, mostBytes, word }: Limit, bytes: number, now: bigint): (() => void) | null {
    const timeOf = (some: number): bigint => BigInt(Math.floor((1e9 * some) / bytesPerSecond));
    for (;;) {
      const empty = Atomics.load(this.#table, word);
      const full = now - timeOf(mostBytes);
      const then = (empty > full ? empty : full) + timeOf(bytes);
      if (then > now) return null;
      if (Atomics.compareExchange(this.#table, word, empty, then) === empty)
        return () => void Atomics.sub(this.#table, word, timeOf(bytes));
    }
  }
}

/** What somebody who has waited so often is content with. */
function leastOf(mostBytes: number, waited: number): number {
  const least = mostBytes * LEAST_SHARE;
  const halvings = Math.min(MOST_HALVINGS, Math.max(0, waited - 1));
  return Math.max(1, Math.floor(Math.max(least / 2 ** halvings, Math.min(least, LEAST_BYTES))));
}
