/** Writes a streamOptimized VMDK strictly in order, shaped as ESXi shapes its exports. */
import { SECTOR } from './descriptor.ts';
import { GRAIN_MARKER_BYTES, MARKER } from './markers.ts';

export interface StreamHeadOptions {
  /** The content ID, by which a child would know this disk: 32 bits, random, but not the last two values, which have meanings. */
  readonly cid: number;
  /** As vSphere spells it: `lsilogic`, `buslogic`, `ide`, `pvscsi`. */
  readonly adapterType: string;
  /** Of the guest's VMware tools, as in `ddb.toolsVersion`. */
  readonly toolsVersion?: string;
}

export const GRAIN_BYTES = 64 * 1024;
const GRAIN_SECTORS = GRAIN_BYTES / SECTOR;
const ENTRIES_PER_TABLE = 512;
const TABLE_BYTES = ENTRIES_PER_TABLE * 4;
const DESCRIPTOR_SECTORS = 20;
const OVERHEAD_SECTORS = 128;
const AT_END = 0xffff_ffff_ffff_ffffn;
/** Valid line ends to check, compressed grains, markers. */
const FLAGS = 0x3_0001;
const ZEROS = new Uint8Array(SECTOR);

/**
 * Gives the bytes to write, in order; what it returns is never touched again, so it may be kept until it is written.
 * `head` comes first, then each grain in ascending order, then `tail`. Grains that are left out read as zeros.
 * Source: “Virtual Disk Format 5.0” technical note by VMware, section “Stream-Optimized Compressed Sparse Extents”.
 * Memory: 4 bytes for every 32 MiB of the disk.
 */
export class StreamOptimizedLayout {
  #capacityBytes = 0;
  #position = 0;
  #directory = new Uint32Array(0);
  #table = Buffer.alloc(TABLE_BYTES);
  #tableNumber = -1;
  #nextGrain = 0;

  /**
   * Header and descriptor, 64 KiB.
   * @param capacityBytes a multiple of 512
   */
  head(capacityBytes: number, options: StreamHeadOptions): Uint8Array {
    if (this.#position !== 0) throw new RangeError('The head was written already.');
    if (!(capacityBytes > 0) || capacityBytes % SECTOR !== 0)
      throw new RangeError(`A VMDK cannot have ${capacityBytes} bytes.`);
    this.#capacityBytes = capacityBytes;
    this.#directory = new Uint32Array(Math.ceil(capacityBytes / (GRAIN_BYTES * ENTRIES_PER_TABLE)));
    const bytes = Buffer.alloc(OVERHEAD_SECTORS * SECTOR);
    bytes.set(sparseHeader(capacityBytes, AT_END));
    const text = descriptor(capacityBytes, options);
    if (Buffer.byteLength(text) > DESCRIPTOR_SECTORS * SECTOR) throw new RangeError('The descriptor is too long.');
    bytes.write(text, SECTOR);
    this.#position = bytes.byteLength;
    return bytes;
  }

  /**
   * One grain with its marker and padding, after the table of the grains before it where that is complete.
   * @param offset of the guest, a multiple of 64 KiB, above that of the grain before
   * @param zlibStored a zlib stream (RFC 1950) of the grain's 64 KiB; of a last grain that the capacity cuts, of the rest
   */
  grain(offset: number, zlibStored: Uint8Array): Uint8Array[] {
    const number = offset / GRAIN_BYTES;
    if (!Number.isInteger(number) || number < this.#nextGrain || offset >= this.#capacityBytes) {
      throw new RangeError(`No grain can follow at offset ${offset}.`);
    }
    const tableNumber = Math.floor(number / ENTRIES_PER_TABLE);
    const pieces = tableNumber === this.#tableNumber ? [] : this.#finishTable();
    this.#tableNumber = tableNumber;
    this.#nextGrain = number + 1;

    const marker = Buffer.alloc(GRAIN_MARKER_BYTES);
    marker.writeBigUInt64LE(BigInt(offset / SECTOR), 0);
    marker.writeUInt32LE(zlibStored.byteLength, 8);
    this.#table.writeUInt32LE(this.#sector(), (number % ENTRIES_PER_TABLE) * 4);
    const length = GRAIN_MARKER_BYTES + zlibStored.byteLength;
    const padding = (SECTOR - (length % SECTOR)) % SECTOR;
    this.#position += length + padding;
    pieces.push(marker, zlibStored);
    if (padding > 0) pieces.push(ZEROS.subarray(0, padding));
    return pieces;
  }

  /** The last table, the grain directory, the footer and the end of the stream. */
  tail(): Uint8Array[] {
    if (this.#position === 0) throw new RangeError('The head comes first.');
    const pieces = this.#finishTable();
    const directorySectors = Math.ceil((this.#directory.length * 4) / SECTOR);
    const directory = Buffer.alloc(directorySectors * SECTOR);
    this.#directory.forEach((sector, table) => directory.writeUInt32LE(sector, table * 4));
    const footer = sparseHeader(this.#capacityBytes, BigInt(this.#sector() + 1));
    const last = [
      marker(directorySectors, MARKER.directory),
      directory,
      marker(1, MARKER.footer),
      footer,
      marker(0, MARKER.endOfStream),
    ];
    for (const piece of last) this.#position += piece.byteLength;
    this.#sector();
    return [...pieces, ...last];
  }

  #finishTable(): Uint8Array[] {
    if (this.#tableNumber === -1) return [];
    const table = this.#table;
    this.#directory[this.#tableNumber] = this.#sector() + 1;
    this.#table = Buffer.alloc(TABLE_BYTES);
    this.#tableNumber = -1;
    this.#position += SECTOR + TABLE_BYTES;
    return [marker(TABLE_BYTES / SECTOR, MARKER.table), table];
  }

  #sector(): number {
    const sector = this.#position / SECTOR;
    if (sector >= 2 ** 32 - 1) throw new RangeError('A streamOptimized VMDK cannot grow beyond 2 TiB.');
    return sector;
  }
}

function marker(sectors: number, type: number): Buffer {
  const bytes = Buffer.alloc(SECTOR);
  bytes.writeBigUInt64LE(BigInt(sectors), 0);
  bytes.writeUInt32LE(type, 12);
  return bytes;
}

function sparseHeader(capacityBytes: number, directorySector: bigint): Buffer {
  const bytes = Buffer.alloc(SECTOR);
  bytes.write('KDMV', 0, 'latin1');
  bytes.writeUInt32LE(3, 4);
  bytes.writeUInt32LE(FLAGS, 8);
  bytes.writeBigUInt64LE(BigInt(capacityBytes / SECTOR), 12);
  bytes.writeBigUInt64LE(BigInt(GRAIN_SECTORS), 20);
  bytes.writeBigUInt64LE(1n, 28);
  bytes.writeBigUInt64LE(BigInt(DESCRIPTOR_SECTORS), 36);
  bytes.writeUInt32LE(ENTRIES_PER_TABLE, 44);
  bytes.writeBigUInt64LE(directorySector, 56);
  bytes.writeBigUInt64LE(BigInt(OVERHEAD_SECTORS), 64);
  bytes.write('\n \r\n', 73, 'latin1');
  bytes.writeUInt16LE(1, 77);
  return bytes;
}

const HEADS = 255;
const SECTORS_PER_TRACK = 63;

function descriptor(capacityBytes: number, { cid, adapterType, toolsVersion }: StreamHeadOptions): string {
  const sectors = capacityBytes / SECTOR;
  const cylinders = Math.min(65535, Math.max(1, Math.floor(sectors / (HEADS * SECTORS_PER_TRACK))));
  return `# Disk DescriptorFile
# Created by Guts
version=1
CID=${(cid >>> 0).toString(16).padStart(8, '0')}
parentCID=ffffffff
createType="streamOptimized"

# Extent description
RDONLY ${sectors} SPARSE "stream.vmdk"

# The Disk Data Base
#DDB

ddb.adapterType = "${adapterType}"
ddb.geometry.cylinders = "${cylinders}"
ddb.geometry.heads = "${HEADS}"
ddb.geometry.sectors = "${SECTORS_PER_TRACK}"
ddb.virtualHWVersion = "7"
${toolsVersion === undefined ? '' : `ddb.toolsVersion = "${toolsVersion}"\n`}`;
}
