/** The bytes of a VHDX file with its log laid over them, in memory; the file itself is left alone. */
import type { ByteSource } from '../bytes.ts';
import { DamagedImageError, LimitError, TruncatedImageError } from '../errors.ts';
import { LOG_SECTOR as SECTOR, MOST_FILE_BYTES } from './fields.ts';

/** One write out of the log: 4 KiB of bytes, or zeros (null) over `length` bytes. Offsets and lengths are multiples of 4 KiB. */
export interface LoggedWrite {
  readonly offset: number;
  readonly length: number;
  readonly bytes: Uint8Array | null;
}

interface Range {
  readonly start: number;
  readonly end: number;
}

export class ReplayedSource implements ByteSource {
  readonly name: string;
  /** Replaying a log makes the file at least as long as its newest entry says; what that adds reads as zeros. */
  readonly sizeBytes: number;
  /** Everything from here on is known to read as zeros. */
  readonly storedBytes: number;
  readonly #file: ByteSource;
  /** By file offset / 4 KiB. */
  readonly #sectors: ReadonlyMap<number, Uint8Array>;
  /** Cleared by the log and not written again: sorted, neither overlapping nor touching. */
  readonly #zeros: readonly Range[];
  readonly #touched: Range;

  /**
   * @param writes in the order in which they were logged: a later one wins.
   * @throws LimitError when `lastFileBytes` is beyond what a VHDX can have.
   * @throws DamagedImageError when the log writes behind the file's end.
   */
  constructor(file: ByteSource, lastFileBytes: number, writes: readonly LoggedWrite[]) {
    if (lastFileBytes > MOST_FILE_BYTES) {
      throw new LimitError(`The log of “${file.name}” claims a file of ${lastFileBytes} bytes.`);
    }
    this.name = file.name;
    this.sizeBytes = Math.max(file.sizeBytes, lastFileBytes);
    this.#file = file;

    const sectors = new Map<number, Uint8Array>();
    const zeros: Range[] = [];
    const touched = { start: Infinity, end: 0 };
    // From the newest write to the oldest, so that what is there already wins.
    for (const { offset, length, bytes } of [...writes].reverse()) {
      if (length === 0) continue;
      const end = offset + length;
      if (end > this.sizeBytes)
        throw new DamagedImageError(`The log of “${file.name}” writes behind the file's end, at ${offset}.`);
      touched.start = Math.min(touched.start, offset);
      touched.end = Math.max(touched.end, end);
      if (bytes === null) addRange(zeros, { start: offset, end });
      else if (!sectors.has(offset / SECTOR) && !isInside(zeros, offset)) sectors.set(offset / SECTOR, bytes);
    }
    this.#sectors = sectors;
    this.#zeros = zeros;
    this.#touched = touched;
    let stored = file.sizeBytes;
    for (const sector of sectors.keys()) stored = Math.max(stored, (sector + 1) * SECTOR);
    this.storedBytes = stored;
  }

  async read(into: Uint8Array, position: number, signal?: AbortSignal): Promise<void> {
    const end = position + into.byteLength;
    if (position < 0 || end > this.sizeBytes) {
      throw new TruncatedImageError(
        `“${this.name}” has ${this.sizeBytes} bytes, but ${into.byteLength} bytes at ${position} are needed.`,
      );
    }
    const onDisk = Math.max(0, Math.min(end, this.#file.sizeBytes) - position);
    if (onDisk > 0) await this.#file.read(into.subarray(0, onDisk), position, signal);
    into.fill(0, onDisk);
    if (position >= this.#touched.end || end <= this.#touched.start) return;

    for (let n = firstEndingBehind(this.#zeros, position); n < this.#zeros.length; n++) {
      const zero = this.#zeros[n];
      if (zero === undefined || zero.start >= end) break;
      into.fill(0, Math.max(zero.start - position, 0), Math.min(zero.end, end) - position);
    }
    for (let sector = Math.floor(position / SECTOR); sector * SECTOR < end; sector++) {
      const bytes = this.#sectors.get(sector);
      if (bytes === undefined) continue;
      const from = Math.max(position - sector * SECTOR, 0);
      const to = Math.min(end - sector * SECTOR, SECTOR);
      into.set(bytes.subarray(from, to), sector * SECTOR + from - position);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file[Symbol.asyncDispose]();
  }
}

/** The index of the first of the sorted `ranges` that ends behind `offset`. */
function firstEndingBehind(ranges: readonly Range[], offset: number): number {
  let [low, high] = [0, ranges.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ranges[middle]?.end ?? Infinity) > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}

function isInside(ranges: readonly Range[], offset: number): boolean {
  const next = ranges[firstEndingBehind(ranges, offset)];
  return next !== undefined && next.start <= offset;
}

/** Adds `range` to the sorted `ranges`, in one piece with those that it overlaps or touches. */
function addRange(ranges: Range[], range: Range): void {
  const first = firstEndingBehind(ranges, range.start - 1);
  let { start, end } = range;
  let last = first;
  for (let next = ranges[last]; next !== undefined && next.start <= end; next = ranges[++last]) {
    start = Math.min(start, next.start);
    end = Math.max(end, next.end);
  }
  ranges.splice(first, last - first, { start, end });
}
