/** Limits of bandwidth, by a clock that moves when nothing else can happen, with timers that are late as real ones are. */
import { writeFileSync } from 'node:fs';
import { once } from 'node:events';
import * as path from 'node:path';
import { setImmediate as settled } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { makeRates, rateOf, setRate } from '../../main/shared/rates.ts';
import { RateLimit, type RateClock } from '../../worker/engine/rate-limit.ts';
import { Random } from '../fuzz/random.ts';
import { KiB, MiB, scratch } from '../support/disks.ts';

/** In which uploads hand bytes to the network. */
const PIECE_BYTES = 1 * MiB;
const SECOND_US = 1e6;

class LateClock implements RateClock {
  readonly #random = new Random(7, 0);
  readonly #mostLateUs: number;
  readonly #waiting: { readonly at: number; readonly wake: () => void }[] = [];
  #now = 5_000_000_000;

  constructor(mostLateMs: number) {
    this.#mostLateUs = mostLateMs * 1000;
  }

  now(): bigint {
    return BigInt(Math.floor(this.#now * 1000));
  }

  get us(): number {
    return this.#now;
  }

  async wait(ms: number, signal: AbortSignal): Promise<void> {
    const late = ms < 1 ? 0 : (this.#mostLateUs * this.#random.next()) / 2 ** 32;
    await new Promise<void>((resolve, reject) => {
      const give = (): void => reject(signal.reason);
      signal.addEventListener('abort', give, { once: true });
      const wake = (): void => {
        signal.removeEventListener('abort', give);
        resolve();
      };
      this.#waiting.push({ at: this.#now + ms * 1000 + late, wake });
    });
  }

  async pass(seconds: number): Promise<void> {
    const end = this.#now + seconds * SECOND_US;
    for (;;) {
      await settled();
      this.#waiting.sort((a, b) => a.at - b.at);
      if ((this.#waiting[0]?.at ?? Infinity) > end) break;
      const next = this.#waiting.shift();
      this.#now = Math.max(this.#now, next?.at ?? 0);
      next?.wake();
    }
    this.#now = end;
  }
}

/** Sends as fast as it may, a piece in a millisecond at best; what it sent and when, in `sent`. */
class Sender implements Disposable {
  readonly sent: { readonly at: number; readonly bytes: number }[] = [];
  readonly #stop = new AbortController();

  constructor(rates: SharedArrayBuffer, buckets: readonly number[], clock: LateClock) {
    const limit = new RateLimit(rates, buckets, clock);
    void (async () => {
      for (;;) {
        const bytes = await limit.grant(PIECE_BYTES, this.#stop.signal);
        this.sent.push({ at: clock.us, bytes });
        await clock.wait(0.5, this.#stop.signal);
      }
    })().catch(() => {}); // it was stopped
  }

  /** Since so many seconds before now. */
  bytesSince(us: number): number {
    return this.sent.filter(({ at }) => at >= us).reduce((sum, { bytes }) => sum + bytes, 0);
  }

  [Symbol.dispose](): void {
    this.#stop.abort(new Error('stopped'));
  }
}

/** The most that went beyond `rate` in any stretch of time. */
function mostAtOnce(senders: readonly Sender[], rate: number): number {
  const all = senders.flatMap(({ sent }) => sent).toSorted((a, b) => a.at - b.at);
  let total = 0;
  let least = Infinity;
  let most = 0;
  for (const { at, bytes } of all) {
    const allowed = (rate * at) / SECOND_US;
    least = Math.min(least, total - allowed);
    total += bytes;
    most = Math.max(most, total - allowed - least);
  }
  return most;
}

describe('a limit', () => {
  test.each([10 * KiB, 300 * KiB, 1_000_000, 12_500_000, 100_000_000])(
    'of %d bytes a second is kept to within 5 in a hundred, by one or by many, with no more at once than a piece',
    async (rate) => {
      for (const [count, lateMs] of [
        [1, 2],
        [2, 0.2],
        [6, 2],
        [20, 0.2],
      ] as const) {
        const rates = makeRates(1);
        setRate(rates, 0, rate);
        const clock = new LateClock(lateMs);
        const senders = Array.from({ length: count }, () => new Sender(rates, [0], clock));
        const from = clock.us;
        const seconds = rate < MiB ? 60 : 6;

        await clock.pass(seconds);

        const each = senders.map((sender) => sender.bytesSince(from));
        const bytes = each.reduce((sum, one) => sum + one, 0);
        expect(bytes / seconds / rate).toBeGreaterThan(0.95);
        expect(bytes / seconds / rate).toBeLessThan(1.05);
        expect(mostAtOnce(senders, rate)).toBeLessThanOrEqual(Math.min(PIECE_BYTES, rate / 10) * 1.01);
        // They fell into step, and one of two had nothing.
        expect((Math.min(...each) * count) / bytes).toBeGreaterThan(0.6);
        for (const sender of senders) sender[Symbol.dispose]();
      }
    },
  );

  test('is one of several: what one bucket holds back is there for others that share another', async () => {
    const rates = makeRates(3);
    setRate(rates, 0, 3_000_000);
    setRate(rates, 2, 500_000);
    const clock = new LateClock(2);
    using slow = new Sender(rates, [0, 1, 2], clock);
    using fast = new Sender(rates, [0, 1], clock);
    const from = clock.us;

    await clock.pass(8);

    expect(slow.bytesSince(from) / 8 / 500_000).toBeCloseTo(1, 1);
    expect(fast.bytesSince(from) / 8 / 2_500_000).toBeCloseTo(1, 1);
    expect(mostAtOnce([slow], 500_000)).toBeLessThanOrEqual(50_000 * 1.01);
    expect(mostAtOnce([slow, fast], 3_000_000)).toBeLessThanOrEqual(300_000 * 1.01);
  });

  test('that is changed is kept within a second, whichever way, and also where there was none', async () => {
    const rates = makeRates(1);
    const clock = new LateClock(2);
    using sender = new Sender(rates, [0], clock);
    const after = async (rate: number): Promise<number> => {
      setRate(rates, 0, rate);
      await clock.pass(1);
      const from = clock.us;
      await clock.pass(4);
      return sender.bytesSince(from) / 4 / (rate === 0 ? 1 : rate);
    };

    expect(await after(2_000_000)).toBeCloseTo(1, 1);
    expect(await after(50)).toBeCloseTo(1, 1);
    expect(await after(8_000_000)).toBeCloseTo(1, 1);
    expect(await after(100_000)).toBeCloseTo(1, 1);
    expect(await after(0)).toBeGreaterThan(1_000_000_000);
    expect(await after(20_000)).toBeCloseTo(1, 1);
  });

  test('of none grants all that is wanted, at once', async () => {
    const clock = new LateClock(0);
    const limit = new RateLimit(makeRates(2), [0, 1], clock);

    expect(await limit.grant(10 ** 12, new AbortController().signal)).toBe(10 ** 12);
  });

  test('lets go of whoever waits when that is cancelled', async () => {
    const rates = makeRates(1);
    setRate(rates, 0, 1);
    const limit = new RateLimit(rates, [0]);
    const cancel = new AbortController();
    const waits = (async () => {
      for (let granted = 0; granted < MiB;) granted += await limit.grant(MiB, cancel.signal);
    })();
    cancel.abort(new Error('no longer wanted'));

    await expect(waits).rejects.toThrow('no longer wanted');
    await expect(limit.grant(1, cancel.signal)).rejects.toThrow('no longer wanted');
  });

  test('knows its buckets, and what is no rate', () => {
    const rates = makeRates(2);
    setRate(rates, 1, 77);

    expect([rateOf(rates, 0), rateOf(rates, 1)]).toEqual([0, 77]);
    expect(() => new RateLimit(rates, [0, 2])).toThrow('no bucket 2');
    for (const wrong of [-1, 0.5, Number.NaN, Infinity]) expect(() => setRate(rates, 0, wrong)).toThrow('are no rate');
  });

  test('holds for all threads together', async () => {
    using folder = scratch();
    const rate = 4 * MiB;
    const rates = makeRates(1);
    setRate(rates, 0, rate);
    const file = folder.file('sender.ts');
    const worker = path.resolve(import.meta.dirname, '../../worker/engine/rate-limit.ts');
    writeFileSync(
      file,
      `import { parentPort, workerData } from 'node:worker_threads';
       import { RateLimit } from ${JSON.stringify(worker)};
       const limit = new RateLimit(workerData, [0]);
       const { signal } = new AbortController();
       parentPort.once('message', async (wanted) => {
         for (let left = wanted; left > 0;) left -= await limit.grant(Math.min(left, 7000), signal);
         parentPort.close();
       });
       parentPort.postMessage('ready');`,
    );
    const threads = Array.from({ length: 3 }, () => new Worker(file, { workerData: rates }));
    await Promise.all(threads.map(async (thread) => await once(thread, 'message')));

    const beganMs = performance.now();
    for (const thread of threads) thread.postMessage(2 * MiB);
    await Promise.all(threads.map(async (thread) => await once(thread, 'exit')));
    const seconds = (performance.now() - beganMs) / 1000;

    expect(seconds).toBeGreaterThan((6 * MiB - PIECE_BYTES) / rate);
  });
});
