/** Fingerprints of grain tables, so that a stream's tables can be checked against its grains without keeping either. */

const PAGE_TABLES = 512;
const MODULUS = 2 ** 52;

/**
 * The fingerprint of “entry `slot` of a table is `sector`”; a table's is the sum over its entries, modulo 2^52.
 * The sum does not depend on the order, and two different tables have the same one only by a chance of 2^-52.
 */
export function entryPrint(slot: number, sector: number): number {
  let low = Math.imul(sector ^ Math.imul(slot + 1, 0x9e37_79b1), 0x85eb_ca6b);
  low = Math.imul(low ^ (low >>> 13), 0xc2b2_ae35);
  low ^= low >>> 16;
  let high = Math.imul(low ^ sector, 0x27d4_eb2f);
  high ^= high >>> 15;
  return (high >>> 12) * 2 ** 32 + (low >>> 0);
}

export function addPrints(a: number, b: number): number {
  return (a + b) % MODULUS;
}

/** The fingerprint of each table by its number, 0 where nothing was added; 4 KiB for every 512 tables touched. */
export class TablePrints {
  readonly #pages = new Map<number, Float64Array>();

  get(table: number): number {
    return this.#pages.get(Math.floor(table / PAGE_TABLES))?.[table % PAGE_TABLES] ?? 0;
  }

  add(table: number, print: number): void {
    const number = Math.floor(table / PAGE_TABLES);
    let page = this.#pages.get(number);
    if (page === undefined) {
      page = new Float64Array(PAGE_TABLES);
      this.#pages.set(number, page);
    }
    page[table % PAGE_TABLES] = addPrints(page[table % PAGE_TABLES] ?? 0, print);
  }
}
