/** Remembers which blocks of a file something points to, so that two pointers to one block are noticed; bounded in memory. */

const PAGE_BYTES = 512;
const PAGE_BITS = PAGE_BYTES * 8;

/**
 * A set of block numbers. Its pages come into being as blocks are claimed, so a large sparse file costs little.
 * Beyond its budget it forgets to look rather than to grow: a claim outside the pages it has is then taken as new.
 */
export class Claims {
  readonly #pages = new Map<number, Uint8Array>();
  readonly #mostPages: number;

  /** `budgetBytes` bounds the memory for the bits, a bit per block: 8 MiB see 4 TiB of 64 KiB blocks. */
  constructor(budgetBytes = 8 * 1024 * 1024) {
    this.#mostPages = Math.floor(budgetBytes / PAGE_BYTES);
  }

  /** Claims a block; false where it was claimed before. */
  claim(block: number): boolean {
    const number = Math.floor(block / PAGE_BITS);
    let page = this.#pages.get(number);
    if (page === undefined) {
      if (this.#pages.size >= this.#mostPages) return true;
      page = new Uint8Array(PAGE_BYTES);
      this.#pages.set(number, page);
    }
    const bit = block % PAGE_BITS;
    const held = page[bit >>> 3] ?? 0;
    const mask = 1 << (bit & 7);
    page[bit >>> 3] = held | mask;
    return (held & mask) === 0;
  }

  has(block: number): boolean {
    const page = this.#pages.get(Math.floor(block / PAGE_BITS));
    if (page === undefined) return false;
    const bit = block % PAGE_BITS;
    return ((page[bit >>> 3] ?? 0) & (1 << (bit & 7))) !== 0;
  }
}
