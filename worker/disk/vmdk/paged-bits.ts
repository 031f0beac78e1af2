/** A set of small integers that is filled once, in any order, and costs little where it is empty or full. */

const PAGE_BITS = 4096;
const WORDS = PAGE_BITS / 32;

class Page {
  readonly words = new Uint32Array(WORDS);
  count = 0;
}
const FULL = 'full';

/**
 * Memory: 512 bytes and change for each page of 4,096 numbers that is neither empty nor full, so that it stays
 * within what the file itself had to hold to touch those pages.
 */
export class PagedBits {
  readonly #pages = new Map<number, Page | typeof FULL>();

  has(index: number): boolean {
    const page = this.#pages.get(Math.floor(index / PAGE_BITS));
    if (page === undefined || page === FULL) return page === FULL;
    const bit = index % PAGE_BITS;
    return ((page.words[bit >>> 5] ?? 0) & (1 << (bit & 31))) !== 0;
  }

  /** Adds `index`; false when it was there already. */
  add(index: number): boolean {
    const number = Math.floor(index / PAGE_BITS);
    let page = this.#pages.get(number);
    if (page === FULL) return false;
    if (page === undefined) {
      page = new Page();
      this.#pages.set(number, page);
    }
    const bit = index % PAGE_BITS;
    const word = page.words[bit >>> 5] ?? 0;
    const mask = 1 << (bit & 31);
    if ((word & mask) !== 0) return false;
    page.words[bit >>> 5] = word | mask;
    page.count++;
    if (page.count === PAGE_BITS) this.#pages.set(number, FULL);
    return true;
  }

  /** The first of [first, last] that is in the set, or null; passes over empty pages whole. */
  next(first: number, last: number): number | null {
    for (let index = first; index <= last;) {
      if (!this.#pages.has(Math.floor(index / PAGE_BITS))) index = (Math.floor(index / PAGE_BITS) + 1) * PAGE_BITS;
      else if (this.has(index)) return index;
      else index++;
    }
    return null;
  }
}
