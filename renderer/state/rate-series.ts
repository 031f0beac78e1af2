/** How many bytes went by and when: by the second for the last quarter of an hour, coarser for all that was seen. */

const FINE_SECONDS = 900;
const MOST_STEPS = 720;
const FIRST_STEP_MS = 2000;

/** What is counted: of the disks at the source, and on the way to the destination. */
export interface Amount {
  readonly copied: number;
  readonly sent: number;
}

/** Rates in bytes per second, each over one step. */
export interface RateLines {
  /** Of the first step, in milliseconds. */
  readonly startMs: number;
  readonly stepMs: number;
  readonly copied: readonly number[];
  readonly sent: readonly number[];
}

export const noRates: RateLines = { startMs: 0, stepMs: 1000, copied: [], sent: [] };

/** Memory is bounded, however long it is fed: old steps of the whole are joined in pairs. */
export class RateSeries {
  readonly #second = new Float64Array(FINE_SECONDS); // to which second each place belongs
  readonly #copied = new Float64Array(FINE_SECONDS);
  readonly #sent = new Float64Array(FINE_SECONDS);
  #firstMs = 0;
  #stepMs = FIRST_STEP_MS;
  #allCopied: number[] = [];
  #allSent: number[] = [];

  /** Counts what went by between two moments, evenly. */
  add(fromMs: number, toMs: number, { copied, sent }: Amount): void {
    if (this.#firstMs === 0) this.#firstMs = fromMs;
    const spanMs = Math.max(1, toMs - fromMs);
    for (let atMs = fromMs; atMs < fromMs + spanMs;) {
      const second = Math.floor(atMs / 1000);
      const endMs = Math.min((second + 1) * 1000, fromMs + spanMs);
      const share = (endMs - atMs) / spanMs;
      this.#count(second, atMs, copied * share, sent * share);
      atMs = endMs;
    }
  }

  /** Over the last so many seconds that are over, or as many as are known; 0 where nothing is. */
  rate(nowMs: number, overSeconds: number): Amount {
    const last = Math.floor(nowMs / 1000) - 1;
    const first = Math.max(last - overSeconds + 1, Math.ceil(this.#firstMs / 1000));
    let copied = 0;
    let sent = 0;
    for (let second = first; second <= last; second++) {
      const at = this.#placeOf(second);
      copied += at < 0 ? 0 : (this.#copied[at] ?? 0);
      sent += at < 0 ? 0 : (this.#sent[at] ?? 0);
    }
    const seconds = Math.max(1, last - first + 1);
    return { copied: copied / seconds, sent: sent / seconds };
  }

  /** Second by second, up to the last one that is over. */
  recent(nowMs: number): RateLines {
    const end = Math.floor(nowMs / 1000);
    const start = Math.max(end - FINE_SECONDS, Math.floor(this.#firstMs / 1000));
    const seconds = this.#firstMs === 0 ? [] : Array.from({ length: Math.max(0, end - start) }, (_, at) => start + at);
    const of = (values: Float64Array): number[] =>
      seconds.map((second) => {
        const at = this.#placeOf(second);
        return at < 0 ? 0 : (values[at] ?? 0);
      });
    return { startMs: start * 1000, stepMs: 1000, copied: of(this.#copied), sent: of(this.#sent) };
  }

  /** All that was seen, up to the last step that is over. */
  whole(nowMs: number): RateLines {
    const steps = this.#firstMs === 0 ? 0 : Math.min(MOST_STEPS, Math.floor((nowMs - this.#firstMs) / this.#stepMs));
    const of = (values: readonly number[]): number[] =>
      Array.from({ length: steps }, (_, at) => ((values[at] ?? 0) * 1000) / this.#stepMs);
    return { startMs: this.#firstMs, stepMs: this.#stepMs, copied: of(this.#allCopied), sent: of(this.#allSent) };
  }

  #count(second: number, atMs: number, copied: number, sent: number): void {
    const place = second % FINE_SECONDS;
    const isNew = this.#second[place] !== second;
    this.#second[place] = second;
    this.#copied[place] = (isNew ? 0 : (this.#copied[place] ?? 0)) + copied;
    this.#sent[place] = (isNew ? 0 : (this.#sent[place] ?? 0)) + sent;
    while ((atMs - this.#firstMs) / this.#stepMs >= MOST_STEPS) this.#joinPairs();
    const step = Math.max(0, Math.floor((atMs - this.#firstMs) / this.#stepMs));
    this.#allCopied[step] = (this.#allCopied[step] ?? 0) + copied;
    this.#allSent[step] = (this.#allSent[step] ?? 0) + sent;
  }

  #joinPairs(): void {
    const joined = (values: readonly number[]): number[] =>
      Array.from(
        { length: Math.ceil(values.length / 2) },
        (_, at) => (values[2 * at] ?? 0) + (values[2 * at + 1] ?? 0),
      );
    this.#allCopied = joined(this.#allCopied);
    this.#allSent = joined(this.#allSent);
    this.#stepMs *= 2;
  }

  #placeOf(second: number): number {
    const place = second % FINE_SECONDS;
    return this.#second[place] === second ? place : -1;
  }
}
