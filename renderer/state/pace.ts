/** How fast a migration goes, and when its copy may be there: judged by the last half minute and the last five. */
import { arrivedBytes, type MigrationRow } from '../../main/shared/migration-row.ts';
import { rateOf } from './standing.ts';
import type { RateSeries } from './rate-series.ts';

export interface Pace {
  readonly bytesPerSecond: number;
  /** Until all disks are copied, as a rounded range; null until there is a minute to judge by, and where nothing moves. */
  readonly left: { readonly fromSeconds: number; readonly toSeconds: number } | null;
  /** For how long nothing has arrived; 0 while something does. */
  readonly stillSeconds: number;
}

interface Sample {
  readonly atMs: number;
  readonly bytes: number;
}

const RATE_OVER_SECONDS = 30;
const SAMPLE_EVERY_MS = 5000;
const SAMPLES_OVER_MS = 5 * 60_000;
const JUDGES_AFTER_MS = 60_000;
/** A pause as short as that is nothing to speak of. */
const STILL_AFTER_MS = 15_000;
/** Whatever the two rates say, nobody knows it better. */
const DOUBT = 0.1;

/** Of one migration, for as long as it is worked on. */
export class Pacer {
  #samples: Sample[] = [];
  #movedMs: number | null = null;
  #lastBytes = -1;

  /** @param series null where nothing was heard of it yet */
  judge(
    row: Pick<MigrationRow, 'eachDisk' | 'progress' | 'sizeBytes'>,
    series: RateSeries | null,
    nowMs: number,
  ): Pace {
    const bytes = arrivedBytes(row);
    if (bytes < this.#lastBytes) this.#samples = []; // a disk begins again
    if (bytes !== this.#lastBytes || this.#movedMs === null) this.#movedMs = nowMs;
    this.#lastBytes = bytes;
    const last = this.#samples.at(-1);
    if (last === undefined || nowMs - last.atMs >= SAMPLE_EVERY_MS) this.#samples.push({ atMs: nowMs, bytes });
    while (nowMs - (this.#samples[0]?.atMs ?? nowMs) > SAMPLES_OVER_MS) this.#samples.shift();

    const measured = series?.rate(nowMs, RATE_OVER_SECONDS).copied ?? 0;
    const stillMs = nowMs - this.#movedMs;
    return {
      bytesPerSecond: measured > 0 || stillMs > STILL_AFTER_MS ? measured : rateOf(row),
      left: this.#left({ atMs: nowMs, bytes }, row.sizeBytes),
      stillSeconds: stillMs > STILL_AFTER_MS ? Math.floor(stillMs / 1000) : 0,
    };
  }

  #left(now: Sample, sizeBytes: number): Pace['left'] {
    const first = this.#samples[0] ?? now;
    if (now.atMs - first.atMs < JUDGES_AFTER_MS) return null;
    const recent = this.#samples.findLast(({ atMs }) => now.atMs - atMs >= RATE_OVER_SECONDS * 1000) ?? first;
    const rates = [first, recent].map(({ atMs, bytes }) => ((now.bytes - bytes) * 1000) / (now.atMs - atMs));
    const slowest = Math.min(...rates);
    if (slowest <= 0) return null;
    const missing = sizeBytes - now.bytes;
    return rounded((missing / Math.max(...rates)) * (1 - DOUBT), (missing / slowest) * (1 + DOUBT));
  }
}

/** The longer it takes, the coarser it is known. */
const steps: readonly (readonly [underSeconds: number, stepSeconds: number])[] = [
  [10 * 60, 60],
  [60 * 60, 5 * 60],
  [6 * 3600, 15 * 60],
  [Number.POSITIVE_INFINITY, 3600],
];

export function rounded(fromSeconds: number, toSeconds: number): NonNullable<Pace['left']> {
  const [, step = 60] = steps.find(([under]) => toSeconds < under) ?? [];
  return { fromSeconds: Math.floor(fromSeconds / step) * step, toSeconds: Math.ceil(toSeconds / step) * step };
}
