/** Which MiB of a VHDX file are taken, and by what kind of thing: tables that overlap would turn into wrong data. */
import { DamagedImageError } from '../errors.ts';
import { MiB } from './fields.ts';

/** MiB of the file that one page of the map stands for, one bit each. */
const PAGE = 8192;

/** Takes 1 bit for each MiB of the file, in pages made as they are needed: at most 16 MiB for a file of 128 TiB. */
export class Occupied {
  readonly #pages = new Map<number, Uint8Array>();
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  /**
   * Marks the MiB that [offset, offset + length) touches as taken by `what`; the range must lie in the file.
   * @throws DamagedImageError when something else was there already.
   */
  take(offset: number, length: number, what: string): void {
    const end = Math.ceil((offset + length) / MiB);
    for (let unit = Math.floor(offset / MiB); unit < end; unit++) {
      const key = Math.floor(unit / PAGE);
      let page = this.#pages.get(key);
      if (page === undefined) this.#pages.set(key, (page = new Uint8Array(PAGE / 8)));
      const [at, bit] = [(unit % PAGE) >> 3, 1 << (unit & 7)];
      const before = page[at] ?? 0;
      if ((before & bit) !== 0) {
        throw new DamagedImageError(
          `In “${this.#name}” ${what} lies at ${unit * MiB}, where something else is already.`,
        );
      }
      page[at] = before | bit;
    }
  }
}
