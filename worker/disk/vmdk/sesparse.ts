/** SESparse extents: the deltas that ESXi 6.5 and later write for snapshots on VMFS 6, and older ones for large disks. */
import { readBytes, type ByteSource } from '../bytes.ts';
import { DamagedImageError, LimitError, TruncatedImageError, UnsupportedImageError } from '../errors.ts';
import { MOST_SECTORS, SECTOR } from './descriptor.ts';
import { readDirectory } from './directory.ts';
import { ABSENT, plainGrains, ZEROS } from './plain-grains.ts';
import type { Part } from './part.ts';
import { checkSize } from './sparse-header.ts';

const MAGIC = 0xcafe_babe;
const VOLATILE_MAGIC = 0xcafe_cafe;
/** The only version, grain and table size that ESXi writes: 2.1, 4 KiB, 32 KiB. */
const VERSION_LOW = 1;
const VERSION_HIGH = 2;
const GRAIN_SECTORS = 8;
const TABLE_SECTORS = 64;
const ENTRIES_PER_TABLE = (TABLE_SECTORS * SECTOR) / 8;
const GRAIN_BYTES = GRAIN_SECTORS * SECTOR;
const TABLE_BYTES = TABLE_SECTORS * SECTOR;
const EXPORT_REMEDY =
  'Consolidate the snapshots of the virtual machine in vSphere, or export the machine as an OVF, and try again.';

/** The kind of a table entry stands in its highest four bits. */
const KIND = { unallocated: 0, unmapped: 1, zero: 2, allocated: 3 } as const;
const TABLE_ALLOCATED = 0x1000_0000;

export function isSesparse(bytes: Buffer): boolean {
  return bytes.byteLength >= 8 && bytes.readUInt32LE(0) === MAGIC && bytes.readUInt32LE(4) === 0;
}

interface Region {
  readonly position: number;
  readonly length: number;
}

/**
 * VMware has not published the format. Source: what the QEMU project found out and reads (`block/vmdk.c`), no more.
 * @param described the size by the descriptor
 * @throws DamagedImageError, TruncatedImageError, LimitError, UnsupportedImageError
 */
export async function openSesparse(source: ByteSource, described: number, signal?: AbortSignal): Promise<Part> {
  const { name } = source;
  if (source.sizeBytes < SECTOR) throw new TruncatedImageError(`“${name}” ends within its header.`);
  const header = await readBytes(source, 0, SECTOR, signal);
  const capacity = checkHeader(header, name);
  const sizeBytes = capacity * SECTOR;
  checkSize({ capacityBytes: sizeBytes, grainBytes: GRAIN_BYTES }, described, name);
  await checkVolatileHeader(source, region(header, 80, name), signal);

  const directoryRegion = region(header, 128, name);
  const tablesRegion = region(header, 144, name);
  const grainsRegion = region(header, 192, name);
  checkApart([{ position: 0, length: SECTOR }, directoryRegion, tablesRegion, grainsRegion], name);
  const tableCount = Math.ceil(capacity / (GRAIN_SECTORS * ENTRIES_PER_TABLE));
  if (tableCount * 8 > directoryRegion.length)
    throw new DamagedImageError(`The grain directory of “${name}” is too short for its capacity.`);

  const { tables } = await readDirectory(
    {
      source,
      position: directoryRegion.position,
      tableCount,
      tableBytes: TABLE_BYTES,
      entryBytes: 8,
      earliest: SECTOR,
      locate: (entries, index) => locateTable(entries, index, tablesRegion, name),
    },
    signal,
  );
  const locate = (entries: DataView, index: number): number => locateGrain(entries, index, grainsRegion, name);
  const walk = {
    source,
    sizeBytes,
    grainBytes: GRAIN_BYTES,
    entriesPerTable: ENTRIES_PER_TABLE,
    entryBytes: 8,
    tables,
    locate,
  } as const;
  return {
    sizeBytes,
    warnings: [],
    allocatedBytes: null,
    extents: (from, to, base, stop) => plainGrains(walk, from, to, base, stop),
  };
}

/** The capacity in sectors. */
function checkHeader(header: Buffer, name: string): number {
  if (!isSesparse(header)) throw new DamagedImageError(`“${name}” is no SESparse extent.`);
  const field = (at: number): number => header.readUInt32LE(at + 4) * 2 ** 32 + header.readUInt32LE(at);
  const isKnown =
    header.readUInt32LE(8) === VERSION_LOW &&
    header.readUInt32LE(12) === VERSION_HIGH &&
    field(24) === GRAIN_SECTORS &&
    field(32) === TABLE_SECTORS &&
    header.subarray(40, 80).every((byte) => byte === 0); // flags and four reserved words
  if (!isKnown)
    throw new UnsupportedImageError(`“${name}” is of a kind of SESparse that Guts does not know.`, EXPORT_REMEDY);
  const capacity = field(16);
  if (capacity < 1 || capacity > MOST_SECTORS)
    throw new LimitError(`“${name}” claims a capacity of ${capacity} sectors.`);
  return capacity;
}

/** While the disk is in use, its latest tables may be only in the journal. */
async function checkVolatileHeader(source: ByteSource, { position }: Region, signal?: AbortSignal): Promise<void> {
  if (position < SECTOR) throw new DamagedImageError(`“${source.name}” names no place for its second header.`);
  if (position + SECTOR > source.sizeBytes)
    throw new TruncatedImageError(`“${source.name}” ends before its second header.`);
  const bytes = await readBytes(source, position, SECTOR, signal);
  if (bytes.readUInt32LE(0) !== VOLATILE_MAGIC || bytes.readUInt32LE(4) !== 0)
    throw new DamagedImageError(`The second header of “${source.name}” is damaged.`);
  if (bytes.readUInt32LE(24) === 0 && bytes.readUInt32LE(28) === 0) return;
  throw new UnsupportedImageError(
    `“${source.name}” was not closed properly; part of it is only in its journal.`,
    'Power the virtual machine on and off again, or consolidate its snapshots, then copy the file anew.',
  );
}

function region(header: Buffer, at: number, name: string): Region {
  const field = (from: number): number =>
    (header.readUInt32LE(from + 4) * 2 ** 32 + header.readUInt32LE(from)) * SECTOR;
  const found = { position: field(at), length: field(at + 8) };
  if (found.position + found.length > Number.MAX_SAFE_INTEGER)
    throw new DamagedImageError(`“${name}” places a structure at ${found.position}.`);
  return found;
}

function checkApart(regions: readonly Region[], name: string): void {
  const inOrder = [...regions].sort((a, b) => a.position - b.position);
  inOrder.forEach(({ position }, i) => {
    const before = inOrder[i - 1];
    if (before !== undefined && before.position + before.length > position)
      throw new DamagedImageError(`The structures of “${name}” overlap at ${position}.`);
  });
}

function locateTable(entries: DataView, index: number, { position, length }: Region, name: string): number {
  const low = entries.getUint32(index * 8, true);
  const high = entries.getUint32(index * 8 + 4, true);
  if (low === 0 && high === 0) return 0;
  const ahead = low * TABLE_BYTES;
  if (high !== TABLE_ALLOCATED || ahead + TABLE_BYTES > length)
    throw new DamagedImageError(`The grain directory of “${name}” has an entry that is none.`);
  return position + ahead;
}

function locateGrain(entries: DataView, index: number, { position, length }: Region, name: string): number {
  const low = entries.getUint32(index * 8, true);
  const high = entries.getUint32(index * 8 + 4, true);
  const kind = high >>> 28;
  if (kind === KIND.unallocated && high === 0 && low === 0) return ABSENT;
  if (kind === KIND.unmapped || kind === KIND.zero) return ZEROS;
  // The number of the grain is split: its lowest twelve bits stand above the 48 bits that hold the rest.
  const ahead = (((high & 0xffff) * 2 ** 32 + low) * 4096 + ((high >>> 16) & 0xfff)) * GRAIN_BYTES;
  if (kind !== KIND.allocated || ahead + GRAIN_BYTES > length)
    throw new DamagedImageError(`A grain table of “${name}” has an entry that is none.`);
  return position + ahead;
}
