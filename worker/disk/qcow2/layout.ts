/**
 * Where everything goes in a qcow2 that is written strictly from front to back, with plain or compressed clusters.
 *
 * Version 3, 64 KiB clusters, no features. In the file: header, refcount table, L1 table, data in the order in which it
 * arrives, refcount blocks, L2 tables. Refcount and L2 tables stand behind the data because only then is it known what
 * they say; the header in front must name their place, so either the data's size is bounded beforehand (`dataBytes`), or
 * the head is written last, which only a file allows. Source: “QCOW2 image format”, docs/interop/qcow2.txt of QEMU.
 */
import { GutsError } from '../../../main/shared/errors.ts';
import { DamagedImageError } from '../errors.ts';

export const CLUSTER_BYTES = 65_536;
const L2_ENTRIES = CLUSTER_BYTES / 8;
/** What one L2 table maps: 512 MiB of the guest. */
const L2_SPAN_BYTES = L2_ENTRIES * CLUSTER_BYTES;
const REFCOUNT_ENTRIES = CLUSTER_BYTES / 2;
const COPIED_HIGH = 0x8000_0000;
const COMPRESSED_HIGH = 0x4000_0000;
const TWO_32 = 2 ** 32;

/** A stretch of the file: bytes to write, good until the next stretch is asked for; or so many zeros, which may stay a hole. */
export type Stretch = { readonly bytes: Uint8Array } | { readonly zeros: number };

export interface Qcow2Options {
  /** A multiple of 512. */
  readonly virtualSizeBytes: number;
  /** Upper bound of the data area, so that the head can be written first; null: the head is written last. */
  readonly dataBytes: number | null;
  /** Upper bound of what may come besides `dataBytes`; it goes behind the tables, and costs nothing where none comes. */
  readonly overflowBytes?: number;
}

const clusters = (bytes: number): number => Math.ceil(bytes / CLUSTER_BYTES);

/** More data came than the bound said, behind which the tables were to stand. */
export class BoundExceededError extends GutsError {
  readonly code = 'disk.bound-exceeded';
  readonly remedy = 'Run again, and choose raw images: they need no such bound.';

  constructor(boundBytes: number, neededBytes: number) {
    super(`The disk was said to hold no more than ${boundBytes} bytes, but ${neededBytes} came.`);
  }
}

export class Qcow2Layout {
  /** Where data begins; everything before it is the head. */
  readonly dataStart: number;
  readonly #virtualSizeBytes: number;
  readonly #l1Entries: number;
  readonly #refcountTableClusters: number;
  readonly #dataBytes: number | null;
  readonly #overflowClusters: number;
  readonly #entries = new Entries();
  readonly #refcounts = new Counters();
  #dataEnd: number;
  #overflowBytes = 0;

  constructor({ virtualSizeBytes, dataBytes, overflowBytes = 0 }: Qcow2Options) {
    this.#virtualSizeBytes = virtualSizeBytes;
    this.#l1Entries = Math.ceil(virtualSizeBytes / L2_SPAN_BYTES);
    this.#dataBytes = dataBytes === null ? null : clusters(dataBytes) * CLUSTER_BYTES;
    this.#overflowClusters = clusters(overflowBytes);
    // The largest file that these tables may have to count: all data plain and as much again for tables and padding.
    const most = Math.max(clusters(virtualSizeBytes), clusters(dataBytes ?? 0) + this.#overflowClusters);
    const mostClusters = 2 * most + this.#l1Entries + 1024;
    this.#refcountTableClusters = clusters(8 * Math.ceil(mostClusters / REFCOUNT_ENTRIES));
    this.dataStart = (1 + this.#refcountTableClusters + clusters(8 * this.#l1Entries)) * CLUSTER_BYTES;
    this.#dataEnd = this.dataStart;
  }

  /** Places `count` neighbouring clusters of the guest, from `offset` on, as they are; returns the file position. */
  plain(offset: number, count: number): number {
    const position = clusters(this.#dataEnd) * CLUSTER_BYTES;
    this.placed(offset, count, position);
    return position;
  }

  /** Says that `count` neighbouring clusters of the guest, from `offset` on, lie at `position` of the data area as they are. */
  placed(offset: number, count: number, position: number): void {
    this.#grow(position + count * CLUSTER_BYTES);
    this.#map(offset, count, position);
  }

  /** Places one compressed cluster right behind what came before; returns the file position for its bytes. */
  packed(offset: number, storedBytes: number): number {
    const position = this.#dataEnd;
    this.#grow(position + storedBytes);
    this.carried(offset, position, storedBytes);
    return position;
  }

  /** Says that the data at `position`, placed before by `verbatim`, holds a guest cluster as raw deflate. */
  carried(offset: number, position: number, storedBytes: number): void {
    const sectors = Math.floor((position + storedBytes - 1) / 512) - Math.floor(position / 512);
    if (sectors > 255)
      throw new DamagedImageError(`A compressed block of ${storedBytes} bytes is longer than any sound one.`);
    // For 64 KiB clusters the offset takes bits 0 to 53, the further sectors bits 54 to 61, and bit 62 says “compressed”.
    this.#entries.add(
      offset / CLUSTER_BYTES,
      COMPRESSED_HIGH + sectors * 2 ** 22 + Math.floor(position / TWO_32),
      position % TWO_32,
    );
    const first = this.#slot(position);
    const last = this.#slot(Math.floor(position / 512) * 512 + (sectors + 1) * 512 - 1);
    for (let slot = first; slot <= last; slot++) this.#refcounts.increment(slot);
  }

  /** Takes `length` bytes of data as they come, such as a whole VMDK stream; returns their file position. */
  verbatim(length: number): number {
    const position = this.#dataEnd;
    this.#grow(position + length);
    return position;
  }

  /** Takes `length` bytes that have no room in the data area; returns their file position, behind the tables. */
  overflow(length: number): number {
    const position = metadataEnd(this.#plan(null)) + this.#overflowBytes;
    this.#overflowBytes += length;
    if (this.#overflowBytes > this.#overflowClusters * CLUSTER_BYTES)
      throw new BoundExceededError(this.#overflowClusters * CLUSTER_BYTES, this.#overflowBytes);
    return position;
  }

  /** Places `count` neighbouring clusters of the guest, from `offset` on, behind the tables; returns the file position. */
  plainOverflow(offset: number, count: number): number {
    const position = this.overflow(count * CLUSTER_BYTES);
    this.#map(offset, count, position);
    return position;
  }

  /** How many more bytes of data have room in front of the tables. */
  get roomBytes(): number {
    return this.#dataBytes === null ? Infinity : this.dataStart + this.#dataBytes - this.#dataEnd;
  }

  get dataEnd(): number {
    return this.#dataEnd;
  }

  /** Bytes of the guest that have a cluster. */
  get mappedBytes(): number {
    return this.#entries.count * CLUSTER_BYTES;
  }

  /** The head for a layout whose data is bounded: it can be written before any data. */
  boundedHead(): Buffer {
    if (this.#dataBytes === null) throw new Error('this layout writes its head last');
    return this.#head(this.#plan(null));
  }

  /**
   * Everything around the data, once all of it is placed.
   * @returns the head for position 0, the file position behind the data, and what to write from there up to what overflowed,
   *   which comes last, with zeros up to `sizeBytes`.
   * @throws DamagedImageError when a guest cluster was placed twice.
   */
  finish(): { head: Buffer; position: number; tail: Iterable<Stretch>; sizeBytes: number } {
    this.#entries.sort();
    const used = this.#dataBytes === null ? this.#entries.tables() : null;
    const plan = this.#plan(used);
    return {
      head: this.#head(plan),
      position: this.#dataEnd,
      tail: this.#tail(plan),
      sizeBytes: metadataEnd(plan) + clusters(this.#overflowBytes) * CLUSTER_BYTES,
    };
  }

  #slot(position: number): number {
    return Math.floor((position - this.dataStart) / CLUSTER_BYTES);
  }

  #map(offset: number, count: number, position: number): void {
    for (let i = 0; i < count; i++) {
      const at = position + i * CLUSTER_BYTES;
      this.#entries.add(offset / CLUSTER_BYTES + i, COPIED_HIGH + Math.floor(at / TWO_32), at % TWO_32);
      this.#refcounts.increment(this.#slot(at));
    }
  }

  #grow(end: number): void {
    if (this.#dataBytes !== null && end > this.dataStart + this.#dataBytes) {
      throw new BoundExceededError(this.#dataBytes, end - this.dataStart);
    }
    this.#dataEnd = Math.max(this.#dataEnd, end);
  }

  /** `used` names the L2 tables that exist; null: all of them. */
  #plan(used: readonly number[] | null): Plan {
    const metadataStart =
      this.dataStart + (this.#dataBytes ?? clusters(this.#dataEnd - this.dataStart) * CLUSTER_BYTES);
    const tables = used === null ? this.#l1Entries : used.length;
    const fixed = metadataStart / CLUSTER_BYTES + tables + this.#overflowClusters;
    let blocks = Math.ceil(fixed / REFCOUNT_ENTRIES);
    while (fixed + blocks > blocks * REFCOUNT_ENTRIES) blocks++;
    const l2Start = metadataStart + blocks * CLUSTER_BYTES;
    return { metadataStart, blocks, l2Start, tables, used };
  }

  #head({ metadataStart, blocks, l2Start, used }: Plan): Buffer {
    const head = Buffer.alloc(this.dataStart);
    const l1Start = (1 + this.#refcountTableClusters) * CLUSTER_BYTES;
    head.write('QFI\xfb', 0, 'latin1');
    head.writeUInt32BE(3, 4);
    head.writeUInt32BE(16, 20); // cluster bits
    head.writeBigUInt64BE(BigInt(this.#virtualSizeBytes), 24);
    head.writeUInt32BE(this.#l1Entries, 36);
    head.writeBigUInt64BE(BigInt(l1Start), 40);
    head.writeBigUInt64BE(BigInt(CLUSTER_BYTES), 48); // refcount table
    head.writeUInt32BE(this.#refcountTableClusters, 56);
    head.writeUInt32BE(4, 96); // refcounts of 2^4 bits
    head.writeUInt32BE(104, 100); // header length; zeros behind it end the list of extensions
    for (let i = 0; i < blocks; i++) putU64(head, CLUSTER_BYTES + 8 * i, metadataStart + i * CLUSTER_BYTES);
    for (let i = 0; i < (used?.length ?? this.#l1Entries); i++) {
      const at = l1Start + 8 * (used?.[i] ?? i);
      putU64(head, at, l2Start + i * CLUSTER_BYTES);
      head.writeUInt32BE(head.readUInt32BE(at) + COPIED_HIGH, at);
    }
    return head;
  }

  *#tail(plan: Plan): Generator<Stretch, void, void> {
    if (plan.metadataStart > this.#dataEnd) yield { zeros: plan.metadataStart - this.#dataEnd };
    const headClusters = this.dataStart / CLUSTER_BYTES;
    const metadataCluster = plan.metadataStart / CLUSTER_BYTES;
    const endCluster = metadataEnd(plan) / CLUSTER_BYTES;
    const bytes = Buffer.alloc(CLUSTER_BYTES);
    for (let block = 0; block < plan.blocks; block++) {
      bytes.fill(0);
      for (let i = 0; i < REFCOUNT_ENTRIES; i++) {
        const cluster = block * REFCOUNT_ENTRIES + i;
        const isTable = cluster < headClusters || (cluster >= metadataCluster && cluster < endCluster);
        const count = isTable ? 1 : this.#refcounts.at(cluster - headClusters);
        if (count !== 0) bytes.writeUInt16BE(count, 2 * i);
      }
      yield { bytes };
    }
    let zeros = 0;
    for (const table of this.#entries.l2Tables(plan.used, this.#l1Entries, bytes)) {
      if (table === null) zeros += CLUSTER_BYTES;
      else {
        if (zeros > 0) yield { zeros };
        zeros = 0;
        yield { bytes: table };
      }
    }
    if (zeros > 0) yield { zeros };
  }
}

interface Plan {
  readonly metadataStart: number;
  /** Number of refcount blocks, which stand first in the metadata. */
  readonly blocks: number;
  readonly l2Start: number;
  /** Number of L2 tables that have a place. */
  readonly tables: number;
  readonly used: readonly number[] | null;
}

const metadataEnd = ({ l2Start, tables }: Plan): number => l2Start + tables * CLUSTER_BYTES;

/** L2 entries in the order in which data came: 12 bytes for each 64 KiB of data, none for what is empty. */
class Entries {
  count = 0;
  #clusters = new Uint32Array(1024);
  #high = new Uint32Array(1024);
  #low = new Uint32Array(1024);
  #ascending = true;

  add(cluster: number, high: number, low: number): void {
    if (this.count === this.#clusters.length) {
      this.#clusters = doubled(this.#clusters);
      this.#high = doubled(this.#high);
      this.#low = doubled(this.#low);
    }
    if (this.count > 0 && cluster <= (this.#clusters[this.count - 1] ?? 0)) this.#ascending = false;
    this.#clusters[this.count] = cluster;
    this.#high[this.count] = high;
    this.#low[this.count] = low;
    this.count++;
  }

  /** @throws DamagedImageError when a cluster is there twice. */
  sort(): void {
    if (this.#ascending) return;
    const clusterAt = this.#clusters;
    const order = Uint32Array.from({ length: this.count }, (_, i) => i).sort(
      (a, b) => (clusterAt[a] ?? 0) - (clusterAt[b] ?? 0),
    );
    for (let i = 1; i < order.length; i++) {
      if (clusterAt[order[i] ?? 0] === clusterAt[order[i - 1] ?? 0])
        throw new DamagedImageError('The source holds a block twice.');
    }
    const inOrder = (values: Uint32Array): Uint32Array<ArrayBuffer> => order.map((from) => values[from] ?? 0);
    this.#high = inOrder(this.#high);
    this.#low = inOrder(this.#low);
    this.#clusters = inOrder(this.#clusters);
    this.#ascending = true;
  }

  /** The numbers of the L2 tables that have entries, ascending. */
  tables(): number[] {
    const all: number[] = [];
    for (let i = 0; i < this.count; i++) {
      const table = Math.floor((this.#clusters[i] ?? 0) / L2_ENTRIES);
      if (all[all.length - 1] !== table) all.push(table);
    }
    return all;
  }

  /** The L2 tables named by `used` (null: all `most`), in order and each in `into`; null stands for an empty one. */
  *l2Tables(used: readonly number[] | null, most: number, into: Buffer): Generator<Buffer | null, void, void> {
    let next = 0;
    for (let i = 0; i < (used?.length ?? most); i++) {
      const table = used?.[i] ?? i;
      let bytes: Buffer | null = null;
      for (; next < this.count && Math.floor((this.#clusters[next] ?? 0) / L2_ENTRIES) === table; next++) {
        bytes ??= into.fill(0);
        const at = 8 * ((this.#clusters[next] ?? 0) % L2_ENTRIES);
        bytes.writeUInt32BE(this.#high[next] ?? 0, at);
        bytes.writeUInt32BE(this.#low[next] ?? 0, at + 4);
      }
      yield bytes;
    }
  }
}

/** 16-bit counters that grow with what is counted. */
class Counters {
  #values = new Uint16Array(1024);

  increment(i: number): void {
    while (i >= this.#values.length) {
      const more = new Uint16Array(2 * this.#values.length);
      more.set(this.#values);
      this.#values = more;
    }
    this.#values[i] = (this.#values[i] ?? 0) + 1;
  }

  at(i: number): number {
    return this.#values[i] ?? 0;
  }
}

function doubled(values: Uint32Array): Uint32Array<ArrayBuffer> {
  const more = new Uint32Array(2 * values.length);
  more.set(values);
  return more;
}

function putU64(bytes: Buffer, at: number, value: number): void {
  bytes.writeUInt32BE(Math.floor(value / TWO_32), at);
  bytes.writeUInt32BE(value % TWO_32, at + 4);
}
