/** Tells how far a copy is, twice a second, from counts that were taken where the bytes arrived. */
import type { Progress } from '../../main/shared/jobs.ts';
import type { Meter } from './copy.ts';

const TELL_EVERY_MS = 500;
/** The rate is over this long, so that it follows the disk without jumping. */
const RATE_OVER_MS = 5000;

export interface ProgressOf {
  readonly disk: string;
  readonly diskIndex: number;
  readonly disks: number;
  /** In the measure of `Meter.doneBytes`; an estimate where the format does not tell. */
  readonly totalBytes: number;
}

/** Tells until it is disposed. What is told never runs backwards and stays below the total until `finish`. */
export class ProgressTeller implements Disposable {
  readonly #meter: Meter;
  readonly #of: ProgressOf;
  readonly #tell: (progress: Progress) => void;
  readonly #timer: NodeJS.Timeout;
  readonly #now: () => number;
  readonly #samples: { atMs: number; doneBytes: number }[] = [];
  #most = 0;

  constructor(
    meter: Meter,
    of: ProgressOf,
    tell: (progress: Progress) => void,
    now: () => number = () => performance.now(),
  ) {
    this.#meter = meter;
    this.#of = of;
    this.#tell = tell;
    this.#now = now;
    this.#timer = setInterval(() => this.tell(), TELL_EVERY_MS);
    this.#samples.push({ atMs: now(), doneBytes: 0 });
  }

  tell(): void {
    const { totalBytes } = this.#of;
    this.#most = Math.max(this.#most, Math.min(this.#meter.doneBytes, Math.max(0, totalBytes - 1)));
    this.#emit(this.#most);
  }

  /** The disk is copied and proved. */
  finish(): void {
    this.#emit(this.#of.totalBytes);
  }

  #emit(doneBytes: number): void {
    const atMs = this.#now();
    this.#samples.push({ atMs, doneBytes });
    while (this.#samples.length > 2 && atMs - (this.#samples[1]?.atMs ?? atMs) >= RATE_OVER_MS) this.#samples.shift();
    const first = this.#samples[0] ?? { atMs, doneBytes };
    const bytesPerSecond = atMs > first.atMs ? ((doneBytes - first.doneBytes) * 1000) / (atMs - first.atMs) : 0;
    const left = this.#of.totalBytes - doneBytes;
    const secondsLeft = left === 0 ? 0 : bytesPerSecond > 0 ? left / bytesPerSecond : null;
    this.#tell({ ...this.#of, doneBytes, writtenBytes: this.#meter.writtenBytes, bytesPerSecond, secondsLeft });
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
