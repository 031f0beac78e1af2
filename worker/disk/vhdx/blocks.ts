/**
 * The block allocation table of a VHDX ([MS-VHDX] 2.5), read in pieces of 64 KiB as the disk is walked.
 * The table has no checksum: an entry that is wrong, but still lies in the file, on a MiB of its own, cannot be told.
 */
import { readBytes, type ByteSource } from '../bytes.ts';
import { DamagedImageError, TruncatedImageError } from '../errors.ts';
import type { Extent } from '../image.ts';
import { bitRuns, Runs } from '../vhd/runs.ts';
import { KiB, MiB, MOST_FILE_BYTES, type Region } from './fields.ts';
import type { VhdxMetadata } from './metadata.ts';
import type { Occupied } from './occupied.ts';

const ENTRY = 8;
const PAGE_BYTES = 64 * KiB;
const PAGE_ENTRIES = PAGE_BYTES / ENTRY;
/** 512 KiB of the table are kept, which is all of it for a disk of 2 TiB in blocks of 32 MiB. */
const MOST_PAGES = 8;
/** Sectors of a partly present block that are looked at in one go. */
const SECTORS_AT_ONCE = 8192;

/**
 * What a block holds, in bits 0 to 2 of its entry. 1 (undefined), 2 (zero) and 3 (unmapped) read as zeros, whatever a
 * parent has; so does 5, which was unmapped in drafts of the format.
 */
const NOT_PRESENT = 0;
const NO_STATE = 4;
/** This state and PARTIAL, above it, have a block in the file. */
const FULL = 6;
const PARTIAL = 7;
/** Bits 3 to 19 mean nothing and are zero. */
const RESERVED = 0xf_fff8;
/** The only state of a sector bitmap besides NOT_PRESENT. */
const BITMAP_PRESENT = 6;

const SECTORS_IN_BITMAP = 2 ** 23;

export class BlockTable {
  readonly #file: ByteSource;
  readonly #region: Region;
  readonly #disk: VhdxMetadata;
  /** From here on the file is known to read as zeros. */
  readonly #storedBytes: number;
  readonly #isDifferencing: boolean;
  readonly #blocks: number;
  /** Entries of blocks in a row; behind them stands one for the sector bitmap of these blocks. */
  readonly #chunk: number;
  readonly #pages = new Map<number, Buffer>();

  /** @throws DamagedImageError when the region is too small for the disk. */
  constructor(file: ByteSource, region: Region, disk: VhdxMetadata, storedBytes: number) {
    this.#file = file;
    this.#region = region;
    this.#disk = disk;
    this.#storedBytes = storedBytes;
    this.#isDifferencing = disk.parent !== null;
    this.#blocks = Math.ceil(disk.virtualSizeBytes / disk.blockBytes);
    this.#chunk = (SECTORS_IN_BITMAP * disk.sectorBytes) / disk.blockBytes;
    if (this.#entries * ENTRY > region.length) {
      throw new DamagedImageError(
        `The block table of “${file.name}” has ${region.length} bytes, but its disk needs ${this.#entries * ENTRY}.`,
      );
    }
  }

  get #entries(): number {
    const chunks = Math.ceil(this.#blocks / this.#chunk);
    return this.#isDifferencing ? chunks * (this.#chunk + 1) : this.#blocks + chunks - 1;
  }

  /**
   * Goes through the whole table once: every state must be one of the format's, every block in the file and where
   * nothing else is. Returns the bytes of the disk that have a block, partly present blocks counted whole.
   * @throws DamagedImageError, TruncatedImageError
   */
  async check(occupied: Occupied, signal?: AbortSignal): Promise<number> {
    const stride = this.#chunk + 1;
    let allocatedBytes = 0;
    let needsBitmap = false;
    for (let index = 0; index < this.#entries;) {
      const page = await this.#page(index, signal);
      const end = Math.min(this.#entries, (Math.floor(index / PAGE_ENTRIES) + 1) * PAGE_ENTRIES);
      for (; index < end; index++) {
        const at = (index % PAGE_ENTRIES) * ENTRY;
        if (index % stride === this.#chunk) {
          if (this.#isDifferencing) this.#checkBitmap(page, at, needsBitmap, occupied);
          needsBitmap = false;
          continue;
        }
        const block = index - Math.floor(index / stride);
        // Behind the last block of a differencing disk the chunk is filled up with entries that mean nothing.
        if (block >= this.#blocks) continue;
        const state = this.#stateAt(page, at, block);
        if (state < FULL) continue;
        const length = this.#lengthOf(block);
        occupied.take(this.#positionAt(page, at, block), length, 'block', block);
        allocatedBytes += length;
        if (state === PARTIAL) needsBitmap = true;
      }
    }
    return allocatedBytes;
  }

  #checkBitmap(page: Buffer, at: number, isNeeded: boolean, occupied: Occupied): void {
    const state = page.readUInt32LE(at) & 7;
    if (state === BITMAP_PRESENT) {
      const position = positionIn(page, at);
      this.#mustHold(position, MiB, 'a sector bitmap');
      occupied.take(position, MiB, 'a sector bitmap');
    } else if (state !== NOT_PRESENT || isNeeded) throw this.#damaged(`has a sector bitmap in state ${state}`);
  }

  /**
   * The blocks that hold the disk's bytes [from, to), in order, joined as far as one piece of the table goes. The
   * first and the last one may reach beyond the range.
   */
  async *runs(from: number, to: number, signal?: AbortSignal): AsyncGenerator<Extent, void, void> {
    const { blockBytes } = this.#disk;
    const last = Math.ceil(to / blockBytes);
    const runs = new Runs(this.#file);
    for (let block = Math.floor(from / blockBytes); block < last;) {
      const first = this.#indexOf(block);
      const page = await this.#page(first, signal);
      const pageEnd = (Math.floor(first / PAGE_ENTRIES) + 1) * PAGE_ENTRIES;
      for (; block < last; block++) {
        const index = this.#indexOf(block);
        if (index >= pageEnd) break;
        const at = (index % PAGE_ENTRIES) * ENTRY;
        const state = this.#stateAt(page, at, block);
        const [offset, length] = [block * blockBytes, this.#lengthOf(block)];
        if (state < FULL) {
          runs.add(state === NOT_PRESENT ? 'hole' : 'zero', offset, length);
          continue;
        }
        const position = this.#positionAt(page, at, block);
        if (state === PARTIAL) yield* this.#sectors(runs, block, position, from, to, signal);
        else runs.add(position < this.#storedBytes ? 'data' : 'zero', offset, length, position);
      }
      yield* runs.drain();
    }
  }

  /** A partly present block: a set bit is a sector that is here, any other is the parent's. */
  async *#sectors(
    runs: Runs,
    block: number,
    position: number,
    from: number,
    to: number,
    signal?: AbortSignal,
  ): AsyncGenerator<Extent, void, void> {
    const { blockBytes, sectorBytes } = this.#disk;
    const start = block * blockBytes;
    const bitsAt = await this.#bitmapOf(block, signal);
    const end = Math.ceil(Math.min(this.#lengthOf(block), to - start) / sectorBytes);
    const first = Math.floor(Math.max(0, from - start) / sectorBytes);
    for (let sector = first - (first % 8); sector < end; sector += SECTORS_AT_ONCE) {
      const count = Math.min(SECTORS_AT_ONCE, end - sector);
      const bits = await readBytes(this.#file, bitsAt + sector / 8, Math.ceil(count / 8), signal);
      bitRuns(bits, 'leastFirst', Math.max(0, first - sector), count, (isHere, bit, length) => {
        const inside = (sector + bit) * sectorBytes;
        runs.add(isHere ? 'data' : 'hole', start + inside, length * sectorBytes, position + inside);
      });
      if (runs.areMany) yield* runs.drain();
    }
  }

  /** Where in the file the bits of `block` are. */
  async #bitmapOf(block: number, signal?: AbortSignal): Promise<number> {
    const index = Math.floor(block / this.#chunk) * (this.#chunk + 1) + this.#chunk;
    const page = await this.#page(index, signal);
    const at = (index % PAGE_ENTRIES) * ENTRY;
    if ((page.readUInt32LE(at) & 7) !== BITMAP_PRESENT) throw this.#damaged(`has no sector bitmap for block ${block}`);
    const position = positionIn(page, at);
    this.#mustHold(position, MiB, 'a sector bitmap');
    return position + ((block % this.#chunk) * this.#disk.blockBytes) / this.#disk.sectorBytes / 8;
  }

  /** After every chunk of blocks stands one entry for a sector bitmap, in disks without parent as well. */
  #indexOf(block: number): number {
    return block + Math.floor(block / this.#chunk);
  }

  /** The last block may reach beyond the disk; what is there does not matter, and may be missing in the file. */
  #lengthOf(block: number): number {
    return Math.min(this.#disk.blockBytes, this.#disk.virtualSizeBytes - block * this.#disk.blockBytes);
  }

  /** @throws DamagedImageError for a state that is none, or that needs a parent where there is none. */
  #stateAt(page: Buffer, at: number, block: number): number {
    const low = page.readUInt32LE(at);
    const state = low & 7;
    if (state === NO_STATE) throw this.#damaged(`has block ${block} in state ${state}, which does not exist`);
    if (state === PARTIAL && !this.#isDifferencing) {
      throw this.#damaged(`has block ${block} partly in a parent, but there is no parent`);
    }
    if ((low & RESERVED) !== 0) throw this.#damaged(`has unknown bits set for block ${block}`);
    return state;
  }

  /** Where in the file the block is, which must hold all of it. */
  #positionAt(page: Buffer, at: number, block: number): number {
    const position = positionIn(page, at);
    this.#mustHold(position, this.#lengthOf(block), 'block', block);
    return position;
  }

  /** `number` tells one block from another, for the message only. */
  #mustHold(position: number, length: number, what: string, number?: number): void {
    if (position > 0 && position + length <= this.#file.sizeBytes) return;
    const name = number === undefined ? what : `${what} ${number}`;
    if (position === 0) throw this.#damaged(`does not say where ${name} is`);
    if (position > MOST_FILE_BYTES) throw this.#damaged(`puts ${name} where no file reaches`);
    throw new TruncatedImageError(
      `“${this.#file.name}” has ${this.#file.sizeBytes} bytes, but ${name} ends at ${position + length}.`,
    );
  }

  #damaged(what: string): DamagedImageError {
    return new DamagedImageError(`The block table of “${this.#file.name}” ${what}.`);
  }

  /** The piece of the table in which entry `index` is. */
  async #page(index: number, signal?: AbortSignal): Promise<Buffer> {
    const number = Math.floor(index / PAGE_ENTRIES);
    const kept = this.#pages.get(number);
    if (kept !== undefined) return kept;
    const page = await readBytes(this.#file, this.#region.offset + number * PAGE_BYTES, PAGE_BYTES, signal);
    for (const oldest of this.#pages.keys()) {
      if (this.#pages.size < MOST_PAGES) break;
      this.#pages.delete(oldest);
    }
    this.#pages.set(number, page);
    return page;
  }
}

/** The MiB of the file in bits 20 to 63, as bytes; more MiB than 2^33 are no exact number, and beyond every file. */
function positionIn(page: Buffer, at: number): number {
  return (page.readUInt32LE(at + 4) * 4096 + (page.readUInt32LE(at) >>> 20)) * MiB;
}
