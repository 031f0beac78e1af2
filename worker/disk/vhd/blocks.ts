/**
 * The block allocation table of a dynamic or differencing VHD, read in pieces of 64 KiB as the disk is walked.
 * Neither it nor the sector bitmaps carry a checksum: an entry that is wrong, but still leads to a place in the file
 * that no other block takes, cannot be told.
 */
import { readBytes, type ByteSource } from '../bytes.ts';
import { DamagedImageError, TruncatedImageError } from '../errors.ts';
import type { Extent } from '../image.ts';
import { SECTOR, type VhdFooter } from './footer.ts';
import { HEADER_BYTES, type VhdHeader } from './header.ts';
import { bitRuns, Runs } from './runs.ts';

const ENTRY = 4;
const PAGE_BYTES = 64 * 1024;
const PAGE_ENTRIES = PAGE_BYTES / ENTRY;
/** 512 KiB of the table are kept, which is all of it for a disk of 256 GiB in blocks of 2 MiB. */
const MOST_PAGES = 8;
const ABSENT = 0xffff_ffff;
/** Sectors of a block that are looked at in one go. */
const SECTORS_AT_ONCE = 8192;

export class BlockTable {
  readonly #source: ByteSource;
  readonly #footer: VhdFooter;
  readonly #header: VhdHeader;
  readonly #blocks: number;
  /** Every block starts with a bit for each of its sectors, filled up to whole sectors. */
  readonly #bitmapBytes: number;
  readonly #pages = new Map<number, Buffer>();

  constructor(source: ByteSource, footer: VhdFooter, header: VhdHeader) {
    this.#source = source;
    this.#footer = footer;
    this.#header = header;
    this.#blocks = Math.ceil(footer.virtualSizeBytes / header.blockBytes);
    this.#bitmapBytes = Math.ceil(header.blockBytes / SECTOR / 8 / SECTOR) * SECTOR;
  }

  /**
   * Goes through the whole table once: every block must lie in the file and where nothing else is. Returns the bytes
   * of the disk that have a block. Holds 4 bytes for each block that is there, at most 32 MiB.
   * @throws DamagedImageError, TruncatedImageError
   */
  async check(signal?: AbortSignal): Promise<number> {
    const { virtualSizeBytes } = this.#footer;
    const { blockBytes, offset, tableOffset } = this.#header;
    const room = Math.floor(this.#footer.bodyBytes / (blockBytes + this.#bitmapBytes)) + 1;
    const starts = new Uint32Array(Math.min(this.#blocks, room));
    let count = 0;
    let allocatedBytes = 0;
    for (let block = 0; block < this.#blocks;) {
      const page = await this.#page(block, signal);
      const end = Math.min(this.#blocks, (Math.floor(block / PAGE_ENTRIES) + 1) * PAGE_ENTRIES);
      for (; block < end; block++) {
        const sector = this.#sectorOf(page, block);
        if (sector === ABSENT) continue;
        if (count === starts.length) throw this.#damaged('has more blocks than fit into the file');
        starts[count++] = sector;
        allocatedBytes += Math.min(blockBytes, virtualSizeBytes - block * blockBytes);
      }
    }

    const sorted = starts.subarray(0, count).sort();
    const sectorsEach = (blockBytes + this.#bitmapBytes) / SECTOR;
    for (let n = 1; n < count; n++) {
      const [before, next] = [sorted[n - 1] ?? 0, sorted[n] ?? 0];
      if (next - before < sectorsEach) throw this.#damaged(`puts two blocks in one place, at sector ${next}`);
    }
    const tables = [
      { start: 0, end: SECTOR }, // the copy of the footer
      { start: offset, end: offset + HEADER_BYTES },
      { start: tableOffset, end: tableOffset + this.#blocks * ENTRY },
    ];
    tables.sort((a, b) => a.start - b.start);
    for (const [n, { start, end }] of tables.entries()) {
      if ((tables[n + 1]?.start ?? Infinity) < end) throw this.#damaged('lies where another table is');
      if (holdsBlockIn(sorted, sectorsEach, start, end))
        throw this.#damaged(`puts a block where a table is, at ${start}`);
    }
    return allocatedBytes;
  }

  /**
   * The blocks that hold the disk's bytes [from, to), in order, joined as far as one piece of the table goes. The
   * first and the last one may reach beyond the range.
   */
  async *runs(from: number, to: number, signal?: AbortSignal): AsyncGenerator<Extent, void, void> {
    const { kind, virtualSizeBytes } = this.#footer;
    const { blockBytes } = this.#header;
    const last = Math.ceil(to / blockBytes);
    const runs = new Runs(this.#source);
    for (let block = Math.floor(from / blockBytes); block < last;) {
      const page = await this.#page(block, signal);
      const end = Math.min(last, (Math.floor(block / PAGE_ENTRIES) + 1) * PAGE_ENTRIES);
      for (; block < end; block++) {
        const sector = this.#sectorOf(page, block);
        const start = block * blockBytes;
        const length = Math.min(blockBytes, virtualSizeBytes - start);
        const position = sector * SECTOR + this.#bitmapBytes;
        if (sector === ABSENT) runs.add('hole', start, length);
        else if (kind === 'differencing') yield* this.#sectors(runs, start, sector * SECTOR, from, to, signal);
        else runs.add('data', start, length, position);
      }
      yield* runs.drain();
    }
  }

  /** A block of a differencing disk: a set bit is a sector that is here, any other is the parent's. */
  async *#sectors(
    runs: Runs,
    start: number,
    bitmapAt: number,
    from: number,
    to: number,
    signal?: AbortSignal,
  ): AsyncGenerator<Extent, void, void> {
    const length = Math.min(this.#header.blockBytes, this.#footer.virtualSizeBytes - start);
    const end = Math.ceil(Math.min(length, to - start) / SECTOR);
    const first = Math.floor(Math.max(0, from - start) / SECTOR);
    const dataAt = bitmapAt + this.#bitmapBytes;
    for (let sector = first - (first % 8); sector < end; sector += SECTORS_AT_ONCE) {
      const count = Math.min(SECTORS_AT_ONCE, end - sector);
      const bits = await readBytes(this.#source, bitmapAt + sector / 8, Math.ceil(count / 8), signal);
      bitRuns(bits, 'mostFirst', Math.max(0, first - sector), count, (isHere, bit, sectors) => {
        const inside = (sector + bit) * SECTOR;
        runs.add(isHere ? 'data' : 'hole', start + inside, sectors * SECTOR, dataAt + inside);
      });
      if (runs.areMany) yield* runs.drain();
    }
  }

  /** Where `block` starts in the file, in sectors; checked against the file's end. */
  #sectorOf(page: Buffer, block: number): number {
    const sector = page.readUInt32BE((block % PAGE_ENTRIES) * ENTRY);
    if (sector === ABSENT) return ABSENT;
    // The last block may reach beyond the disk; what is there does not matter, and may be missing in the file.
    const length = Math.min(this.#header.blockBytes, this.#footer.virtualSizeBytes - block * this.#header.blockBytes);
    const end = sector * SECTOR + this.#bitmapBytes + length;
    if (end <= this.#footer.bodyBytes) return sector;
    throw new TruncatedImageError(
      `“${this.#source.name}” has ${this.#footer.bodyBytes} bytes ahead of its footer, but block ${block} ends at ${end}.`,
    );
  }

  #damaged(what: string): DamagedImageError {
    return new DamagedImageError(`The block table of “${this.#source.name}” ${what}.`);
  }

  /** The piece of the table in which the entry of `block` is. */
  async #page(block: number, signal?: AbortSignal): Promise<Buffer> {
    const number = Math.floor(block / PAGE_ENTRIES);
    const kept = this.#pages.get(number);
    if (kept !== undefined) return kept;
    const length = Math.min(PAGE_BYTES, this.#blocks * ENTRY - number * PAGE_BYTES);
    const page = await readBytes(this.#source, this.#header.tableOffset + number * PAGE_BYTES, length, signal);
    for (const oldest of this.#pages.keys()) {
      if (this.#pages.size < MOST_PAGES) break;
      this.#pages.delete(oldest);
    }
    this.#pages.set(number, page);
    return page;
  }
}

/** Whether one of the blocks, sorted by where they start, touches the bytes [start, end) of the file. */
function holdsBlockIn(sorted: Uint32Array, sectorsEach: number, start: number, end: number): boolean {
  return sorted.some((sector) => sector * SECTOR < end && (sector + sectorsEach) * SECTOR > start);
}
