/** Builds extents out of blocks and sectors: a whole run of them makes one extent, however many entries it takes. */
import type { ByteSource } from '../bytes.ts';
import type { Extent } from '../image.ts';

/** Enough runs for a caller to stop and hand them on, so that a finely chopped table does not fill the memory. */
const MANY = 1024;

export class Runs {
  readonly #source: ByteSource;
  #done: Extent[] = [];
  #kind: 'hole' | 'zero' | 'data' | 'none' = 'none';
  #offset = 0;
  #length = 0;
  #position = 0;

  /** @param source where the stored bytes are. */
  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** The next `length` bytes of the disk, stored at `position` if they are data; `offset` is where the last ones ended. */
  add(kind: 'hole' | 'zero' | 'data', offset: number, length: number, position = 0): void {
    if (kind === this.#kind && (kind !== 'data' || position === this.#position + this.#length)) {
      this.#length += length;
      return;
    }
    this.#finish();
    this.#kind = kind;
    this.#offset = offset;
    this.#length = length;
    this.#position = position;
  }

  get areMany(): boolean {
    return this.#done.length >= MANY;
  }

  /** The extents so far, and forgets them. */
  drain(): readonly Extent[] {
    this.#finish();
    this.#kind = 'none';
    const done = this.#done;
    this.#done = [];
    return done;
  }

  #finish(): void {
    if (this.#kind === 'none') return;
    const [offset, length] = [this.#offset, this.#length];
    if (this.#kind !== 'data') this.#done.push({ kind: this.#kind, offset, length });
    else this.#done.push({ kind: 'data', offset, length, source: this.#source, position: this.#position });
  }
}

/**
 * Calls `each` for every run of equal bits among the bits [from, to) of `bits`, in order.
 * @param order which bit of a byte comes first: the least significant one in VHDX, the most significant one in VHD.
 */
export function bitRuns(
  bits: Uint8Array,
  order: 'leastFirst' | 'mostFirst',
  from: number,
  to: number,
  each: (isSet: boolean, first: number, count: number) => void,
): void {
  const flip = order === 'mostFirst' ? 7 : 0;
  const isSet = (bit: number): boolean => (((bits[bit >> 3] ?? 0) >> ((bit & 7) ^ flip)) & 1) === 1;
  for (let first = from; first < to;) {
    const value = isSet(first);
    const whole = value ? 0xff : 0;
    let end = first + 1;
    while (end < to) {
      if ((end & 7) === 0 && end + 8 <= to && bits[end >> 3] === whole) end += 8;
      else if (isSet(end) === value) end++;
      else break;
    }
    each(value, first, end - first);
    first = end;
  }
}
