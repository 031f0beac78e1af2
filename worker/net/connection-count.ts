/** Finds out how many connections to one server bring the most: one more or one fewer, and see. */

/** A change of the rate below this is noise. */
const NOISE = 0.05;
const LEAST_WINDOW_BYTES = 32 * 1024 * 1024;
const LEAST_WINDOW_MS = 500;
/** Windows without a difference before another number is tried again. */
const PATIENCE = 8;

export class ConnectionCount {
  current: number;
  readonly #most: number;
  #step = 1;
  #held = 0;
  #bytes = 0;
  #since: number | null = null;
  #rate: number | null = null;

  constructor(start: number, most: number) {
    this.current = Math.min(start, most);
    this.#most = most;
  }

  /**
   * Counts what came.
   * @param isBusy whether more was waiting for a connection; only then does the rate say something of their number
   */
  note(bytes: number, nowMs: number, isBusy: boolean): void {
    if (!isBusy || this.#since === null) {
      this.#since = isBusy ? nowMs : null;
      this.#bytes = 0;
      return;
    }
    this.#bytes += bytes;
    const ms = nowMs - this.#since;
    if (this.#bytes < LEAST_WINDOW_BYTES || ms < LEAST_WINDOW_MS) return;
    this.#judge(this.#bytes / ms);
    this.#since = nowMs;
    this.#bytes = 0;
  }

  /** The server does not take so many, for now. */
  refuse(): void {
    this.current = Math.max(1, this.current - 1);
    this.#since = null;
    this.#rate = null;
    this.#step = -1;
  }

  #judge(rate: number): void {
    const before = this.#rate ?? 0;
    this.#rate = rate;
    const isSame = Math.abs(rate - before) <= NOISE * before;
    this.#held = isSame ? this.#held + 1 : 0;
    if (isSame && this.#held < PATIENCE) return;
    if (rate < before || isSame) this.#step = -this.#step;
    this.#held = 0;
    const next = this.current + this.#step;
    if (next < 1 || next > this.#most) this.#step = -this.#step;
    else this.current = next;
  }
}
