/** Finds things of one size (grains, grain tables) that lie over each other in a file. */
import { LimitError } from '../errors.ts';
import { PagedBits } from './paged-bits.ts';

const MOST_ODD = 65_536;

/**
 * Exact for places at any byte; cheap when nearly all have the same remainder modulo the size, as writers make them.
 * Memory: a bit for each place that is taken, less where they lie close, plus a small table of those that are out of line.
 */
export class TakenPlaces {
  readonly #unit: number;
  readonly #cells = new PagedBits();
  /** Where in its cell the first one starts, and those that start elsewhere. */
  #remainder: number | null = null;
  readonly #odd = new Map<number, number>();

  /** @param unitBytes the size of each thing */
  constructor(unitBytes: number) {
    this.#unit = unitBytes;
  }

  /** Takes [position, position + unit); false when some of it is taken already. */
  add(position: number): boolean {
    const cell = Math.floor(position / this.#unit);
    const remainder = position - cell * this.#unit;
    this.#remainder ??= remainder;
    if (remainder !== this.#remainder || this.#odd.size > 0) {
      if (this.overlaps(position, this.#unit)) return false;
      if (remainder !== this.#remainder) this.#odd.set(cell, remainder);
      if (this.#odd.size > MOST_ODD)
        throw new LimitError('The image has more blocks out of line than any known program writes.');
    }
    return this.#cells.add(cell);
  }

  /** True when some of [position, position + length) is taken. */
  overlaps(position: number, length: number): boolean {
    const first = Math.max(0, Math.floor(position / this.#unit) - 1);
    const last = Math.floor((position + length - 1) / this.#unit);
    for (let cell = this.#cells.next(first, last); cell !== null; cell = this.#cells.next(cell + 1, last)) {
      const start = cell * this.#unit + (this.#odd.get(cell) ?? this.#remainder ?? 0);
      if (start < position + length && start + this.#unit > position) return true;
    }
    return false;
  }
}
