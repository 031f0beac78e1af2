/** The two levels of tables of a qcow2 image: read in slices, checked once, a few slices kept. */
import { readBytes, type ByteSource } from '../bytes.ts';
import { Claims } from '../claims.ts';
import { DamagedImageError, TruncatedImageError } from '../errors.ts';
import { RefCounts, Uses } from './counts.ts';
import { checkEntries, type ClusterClaims, type L2Slice } from './entries.ts';
import { bytesPerL2, type Qcow2Header } from './header.ts';

/** Tables are read this much at a time, and this many slices are kept: 1 MiB an image, whatever its size. */
const SLICE_BYTES = 64 * 1024;
const SLICES_KEPT = 16;

export class Tables {
  readonly header: Qcow2Header;
  readonly source: ByteSource;
  readonly #claims: ClusterClaims = { tables: new Claims(), data: new Claims(), packed: new Claims() };
  /** Slices of level 2 tables whose entries have been checked and claimed. At most 8 million, so a mebibyte of bits. */
  readonly #checked = new Claims(2 * 1024 * 1024);
  /** A buffer that was read into and not needed. */
  #spare: Buffer | undefined;
  /** Checks that are under way: two walks that meet a slice at once wait for the same one. */
  readonly #checking = new Map<number, Promise<void>>();
  readonly #counts: RefCounts;
  readonly #uses = new Uses();
  readonly #slices = new Map<number, Buffer>();

  constructor(source: ByteSource, header: Qcow2Header) {
    this.source = source;
    this.header = header;
    this.#counts = new RefCounts(source, header);
  }

  /**
   * Checks where the header, the reference counts and the tables of both levels lie: whole clusters inside the
   * file, none used for two things. Reads the level 1 and the reference count table once, 40 MiB at the most.
   */
  async checkPlaces(signal?: AbortSignal): Promise<void> {
    const { l1Entries, l1Position, refcountBytes, refcountPosition } = this.header;
    const l1Bytes = l1Entries * 8; // those behind the end of the disk too
    this.#claimTable(0, 1);
    this.#claimTable(l1Position, l1Bytes);
    this.#claimTable(refcountPosition, refcountBytes);
    await this.#claimNamed(refcountPosition, refcountBytes, signal);
    await this.#claimNamed(l1Position, l1Bytes, signal);
  }

  /** Claims the clusters that the entries of a table name, each the place of a further table of one cluster. */
  async #claimNamed(position: number, length: number, signal: AbortSignal | undefined): Promise<void> {
    for (let done = 0; done < length; done += SLICE_BYTES) {
      signal?.throwIfAborted();
      const piece = await readBytes(this.source, position + done, Math.min(SLICE_BYTES, length - done), signal);
      for (let i = 0; i < piece.length; i += 8) {
        const named = this.#placeIn(piece, i);
        if (named !== 0) this.#claimTable(named, this.header.clusterBytes);
      }
    }
  }

  #claimTable(position: number, length: number): void {
    const { clusterBytes } = this.header;
    if (position + length > this.source.sizeBytes) {
      throw new TruncatedImageError(`“${this.source.name}” ends before its tables do.`);
    }
    const last = Math.floor((position + Math.max(length, 1) - 1) / clusterBytes);
    for (let cluster = position / clusterBytes; cluster <= last; cluster++) {
      if (!this.#claims.tables.claim(cluster)) {
        throw new DamagedImageError(`“${this.source.name}”: two tables overlap at ${cluster * clusterBytes}.`);
      }
    }
  }

  /** The cluster that an entry of the level 1 or the reference count table names; 0 for none. */
  #placeIn(table: Buffer, at: number): number {
    const high = table.readUInt32BE(at);
    const low = table.readUInt32BE(at + 4);
    const position = (high & 0x00ff_ffff) * 2 ** 32 + low;
    // Bit 63 says that nothing else shares the table, which a reader does not care about.
    const isBare = position === 0 && high !== 0;
    if ((high & 0x7f00_0000) !== 0 || position % this.header.clusterBytes !== 0 || isBare) {
      throw new DamagedImageError(`“${this.source.name}”: a table names ${position}, where no cluster begins.`);
    }
    return position;
  }

  /** Entries of the level 1 table that the disk needs; there may be more. */
  #l1Used(): number {
    return Math.ceil(this.header.virtualSizeBytes / bytesPerL2(this.header));
  }

  /**
   * The slice of a level 2 table that `guestOffset` lies in, or, where there is no table, how many guest bytes from
   * the start of that missing table on are without one.
   */
  async lookUp(guestOffset: number, signal?: AbortSignal): Promise<L2Slice> {
    const perL2 = bytesPerL2(this.header);
    const index = Math.floor(guestOffset / perL2);
    const first = index - (index % (SLICE_BYTES / 8));
    const count = Math.min(SLICE_BYTES / 8, this.#l1Used() - first);
    const l1 = await this.#slice(this.header.l1Position + first * 8, count * 8, signal);
    const l2Position = this.#placeIn(l1, (index - first) * 8);
    if (l2Position !== 0) return await this.#l2Slice(index, l2Position, guestOffset, signal);

    let end = index + 1;
    while (end < first + count && this.#placeIn(l1, (end - first) * 8) === 0) end++;
    return { guestOffset: index * perL2, guestBytes: (end - index) * perL2, entries: Buffer.alloc(0) };
  }

  async #l2Slice(index: number, position: number, guestOffset: number, signal?: AbortSignal): Promise<L2Slice> {
    const { clusterBytes, hasSubclusters } = this.header;
    const sliceBytes = Math.min(SLICE_BYTES, clusterBytes);
    const guestBytes = (sliceBytes / (hasSubclusters ? 16 : 8)) * clusterBytes;
    const tableStart = index * bytesPerL2(this.header);
    const number = Math.floor((guestOffset - tableStart) / guestBytes);
    const entries = await this.#slice(position + number * sliceBytes, sliceBytes, signal);
    const slice = { guestOffset: tableStart + number * guestBytes, guestBytes, entries };
    await this.#checkOnce(slice, position / clusterBytes);
    return slice;
  }

  async #checkOnce(slice: L2Slice, tableCluster: number): Promise<void> {
    const number = slice.guestOffset / slice.guestBytes;
    if (this.#checked.has(number)) return;
    let check = this.#checking.get(number);
    if (check === undefined) {
      check = this.#check(slice, number, tableCluster).finally(() => this.#checking.delete(number));
      this.#checking.set(number, check);
    }
    await check;
  }

  async #check(slice: L2Slice, number: number, tableCluster: number): Promise<void> {
    const { data, packed } = checkEntries(slice, this.header, this.source, this.#claims);
    // The counts of an image that was not closed are known to be behind.
    if (!this.header.isDirty) {
      await this.#counts.check([tableCluster, ...data], () => 1);
      await this.#counts.check(packed, (cluster) => this.#uses.add(cluster));
    }
    this.#checked.claim(number);
  }

  async #slice(position: number, length: number, signal: AbortSignal | undefined): Promise<Buffer> {
    const bytes = this.#slices.get(position) ?? (await this.#readSlice(position, length, signal));
    this.#slices.delete(position); // and in again behind all others: the map's order is that of use
    this.#slices.set(position, bytes);
    if (this.#slices.size > SLICES_KEPT) {
      for (const oldest of this.#slices.keys()) {
        this.#slices.delete(oldest);
        break;
      }
    }
    return bytes;
  }

  /** An image that was written as a stream has a table for every stretch, most of them empty: those cost no memory. */
  async #readSlice(position: number, length: number, signal: AbortSignal | undefined): Promise<Buffer> {
    const spare = this.#spare;
    this.#spare = undefined; // two walks at once must not read into one buffer
    const into = spare?.byteLength === length ? spare : Buffer.allocUnsafe(length);
    await this.source.read(into, position, signal);
    if (!isAllZero(into)) return into;
    this.#spare = into;
    return NO_ENTRIES.subarray(0, length);
  }
}

const NO_ENTRIES = Buffer.alloc(SLICE_BYTES);

const isAllZero = (bytes: Buffer): boolean => bytes.compare(NO_ENTRIES, 0, bytes.byteLength) === 0;
