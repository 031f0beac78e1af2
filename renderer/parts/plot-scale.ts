/** Where moments and values stand in a chart, and which of them its axes name. */

export const PLOT_HEIGHT = 190;
/** Room for the words of the axes. */
const LEFT = 76;
const RIGHT = 8;
const TOP = 8;
const BOTTOM = 26;
const BETWEEN_MOMENTS = 80;
const BETWEEN_VALUES = 36;
/** The least that the topmost value is, so that next to nothing does not look like much. */
const LEAST_TOP = 1e6;
/** Seconds between two marks of the axis; the last ones are hours. */
const STEPS = [5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400];

export class PlotScale {
  readonly left = LEFT;
  readonly right: number;
  readonly top = TOP;
  readonly bottom = PLOT_HEIGHT - BOTTOM;
  readonly #firstMs: number;
  readonly #spanMs: number;
  readonly #most: number;

  /** @param width pixels of the whole chart @param times in milliseconds, from old to new */
  constructor(width: number, times: readonly number[], lines: readonly (readonly number[])[]) {
    this.right = Math.max(LEFT + 1, width - RIGHT);
    this.#firstMs = times[0] ?? 0;
    this.#spanMs = Math.max(1, (times.at(-1) ?? 0) - this.#firstMs);
    this.#most = lines.flat().reduce((most, value) => Math.max(most, value * 1.1), LEAST_TOP);
  }

  x(ms: number): number {
    return this.left + ((ms - this.#firstMs) / this.#spanMs) * (this.right - this.left);
  }

  y(value: number): number {
    return this.bottom - (value / this.#most) * (this.bottom - this.top);
  }

  /** The place in `times` that is nearest to a point. */
  nearest(x: number, times: readonly number[]): number | null {
    const distances = times.map((ms) => Math.abs(this.x(ms) - x));
    return times.length === 0 ? null : distances.indexOf(Math.min(...distances));
  }

  /** Whole steps of the clock on the wall, as close to each other as their words allow. */
  moments(): { readonly at: readonly number[]; readonly stepSeconds: number } {
    const pixels = (seconds: number): number => ((seconds * 1000) / this.#spanMs) * (this.right - this.left);
    const stepSeconds = STEPS.find((seconds) => pixels(seconds) >= BETWEEN_MOMENTS) ?? 86_400;
    const stepMs = stepSeconds * 1000;
    const awayMs = new Date(this.#firstMs).getTimezoneOffset() * 60_000;
    const begin = Math.ceil((this.#firstMs - awayMs) / stepMs) * stepMs + awayMs;
    const count = Math.max(0, Math.floor((this.#firstMs + this.#spanMs - begin) / stepMs) + 1);
    return { at: Array.from({ length: count }, (_, index) => begin + index * stepMs), stepSeconds };
  }

  /** Round ones, from nothing up. */
  values(): number[] {
    const least = (this.#most * BETWEEN_VALUES) / (this.bottom - this.top);
    const power = 10 ** Math.floor(Math.log10(least));
    const step = [1, 2, 2.5, 5].map((one) => one * power).find((one) => one >= least) ?? 10 * power;
    return Array.from({ length: Math.floor(this.#most / step) + 1 }, (_, index) => index * step);
  }
}
