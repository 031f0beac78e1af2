/** COWD extents: the deltas that ESX writes for snapshots on VMFS (`vmfsSparse`). */
import { readBytes, type ByteSource } from '../bytes.ts';
import { DamagedImageError, LimitError, TruncatedImageError, UnsupportedImageError } from '../errors.ts';
import { MOST_SECTORS, SECTOR } from './descriptor.ts';
import { readDirectory } from './directory.ts';
import { ABSENT, plainGrains } from './plain-grains.ts';
import type { Part } from './part.ts';
import { checkSize } from './sparse-header.ts';

const HEADER_BYTES = 4 * SECTOR;
const ENTRIES_PER_TABLE = 4096;
const LARGEST_GRAIN_SECTORS = 2 ** 17;
const MOST_TABLES = 2 ** 22;

export function isCowd(bytes: Uint8Array): boolean {
  return bytes[0] === 0x43 && bytes[1] === 0x4f && bytes[2] === 0x57 && bytes[3] === 0x44; // COWD
}

/**
 * Source: “Virtual Disk Format 5.0” technical note by VMware, section “ESX Server Sparse Extents”.
 * @param described the size by the descriptor
 * @throws DamagedImageError, TruncatedImageError, LimitError, UnsupportedImageError
 */
export async function openCowd(source: ByteSource, described: number, signal?: AbortSignal): Promise<Part> {
  const { name } = source;
  if (source.sizeBytes < HEADER_BYTES) throw new TruncatedImageError(`“${name}” ends within its header.`);
  const header = await readBytes(source, 0, HEADER_BYTES, signal);
  if (!isCowd(header)) throw new DamagedImageError(`“${name}” is no COWD extent.`);
  const version = header.readUInt32LE(4);
  if (version !== 1)
    throw new UnsupportedImageError(
      `“${name}” is of COWD version ${version}.`,
      'Consolidate the snapshots of the virtual machine and try again.',
    );
  const capacity = header.readUInt32LE(12);
  const grain = header.readUInt32LE(16);
  const directoryLength = header.readUInt32LE(24);
  if (capacity < 1 || capacity > MOST_SECTORS)
    throw new LimitError(`“${name}” claims a capacity of ${capacity} sectors.`);
  if (grain < 1 || grain > LARGEST_GRAIN_SECTORS || (grain & (grain - 1)) !== 0)
    throw new LimitError(`“${name}” claims grains of ${grain} sectors.`);
  const tableCount = Math.ceil(capacity / (grain * ENTRIES_PER_TABLE));
  if (tableCount > MOST_TABLES || tableCount > directoryLength) {
    throw new LimitError(
      `“${name}” claims ${directoryLength} grain tables for ${capacity} sectors in grains of ${grain}.`,
    );
  }
  if (header.readUInt32LE(20) * SECTOR !== HEADER_BYTES)
    throw new DamagedImageError(`The grain directory of “${name}” is not behind its header.`);

  const grainBytes = grain * SECTOR;
  const sizeBytes = capacity * SECTOR;
  checkSize({ capacityBytes: sizeBytes, grainBytes }, described, name);
  const directory = await readDirectory(
    {
      source,
      position: HEADER_BYTES,
      tableCount,
      tableBytes: ENTRIES_PER_TABLE * 4,
      entryBytes: 4,
      earliest: HEADER_BYTES,
      locate: (entries, index) => entries.getUint32(index * 4, true) * SECTOR,
    },
    signal,
  );
  const locate = (entries: DataView, index: number): number => {
    const position = entries.getUint32(index * 4, true) * SECTOR;
    if (position === 0) return ABSENT;
    if (position < HEADER_BYTES || directory.overlaps(position, grainBytes)) {
      throw new DamagedImageError(`A grain table of “${name}” places data at ${position}, where its own tables are.`);
    }
    return position;
  };
  const walk = {
    source,
    sizeBytes,
    grainBytes,
    entriesPerTable: ENTRIES_PER_TABLE,
    entryBytes: 4,
    tables: directory.tables,
    locate,
  } as const;
  const isUnclean = header.readUInt32LE(1648) !== 0;
  return {
    sizeBytes,
    warnings: isUnclean ? [`“${name}” was not closed properly; its last writes may be missing.`] : [],
    allocatedBytes: null,
    extents: (from, to, base, stop) => plainGrains(walk, from, to, base, stop),
  };
}
