/** Which MiB of a VHDX file are taken: tables and blocks that overlap would turn into wrong data. */
import { Claims } from '../claims.ts';
import { DamagedImageError } from '../errors.ts';
import { MiB, MOST_FILE_BYTES } from './fields.ts';

export class Occupied {
  /** A bit for each MiB, in pages made as they are needed: 16 MiB see the largest file. */
  readonly #claims = new Claims(MOST_FILE_BYTES / MiB / 8);
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  /**
   * Marks the MiB that [offset, offset + length) touches as taken by `what`; `number` tells one block from another.
   * @throws DamagedImageError when something else was there already.
   */
  take(offset: number, length: number, what: string, number?: number): void {
    const end = Math.ceil((offset + length) / MiB);
    for (let unit = Math.floor(offset / MiB); unit < end; unit++) {
      if (this.#claims.claim(unit)) continue;
      const name = number === undefined ? what : `${what} ${number}`;
      throw new DamagedImageError(`In “${this.#name}” ${name} lies at ${unit * MiB}, where something else is already.`);
    }
  }
}
