/** Reads a directory of grain tables and checks that every table lies in the file, apart from all the others. */
import { readBytes, type ByteSource } from '../bytes.ts';
import { DamagedImageError, TruncatedImageError } from '../errors.ts';
import { TakenPlaces } from './taken-places.ts';

export interface DirectoryOptions {
  readonly source: ByteSource;
  readonly position: number;
  readonly tableCount: number;
  readonly tableBytes: number;
  readonly entryBytes: 4 | 8;
  /** Tables begin behind header and descriptor. */
  readonly earliest: number;
  /** Where the table of an entry begins, 0 for none. */
  readonly locate: (entries: DataView, index: number) => number;
}

export interface Directory {
  /** Where each table begins, 0 where there is none: 8 bytes for each, so 256 KiB for 1 TiB of the common kind. */
  readonly tables: Float64Array;
  /** True when [position, position + length) has a part of the directory or of a table in it. */
  overlaps(position: number, length: number): boolean;
}

/** One read of entries. */
const PIECE_ENTRIES = 65_536;

/** @throws TruncatedImageError, DamagedImageError */
export async function readDirectory(options: DirectoryOptions, signal?: AbortSignal): Promise<Directory> {
  const { source, position, tableCount, tableBytes, entryBytes, earliest } = options;
  const { name } = source;
  const end = position + tableCount * entryBytes;
  if (position < earliest) throw new DamagedImageError(`The grain directory of “${name}” overlaps its header.`);
  if (end > source.sizeBytes)
    throw new TruncatedImageError(`The grain directory of “${name}” lies beyond the end of the file.`);
  const tables = new Float64Array(tableCount);
  const taken = new TakenPlaces(tableBytes);
  for (let first = 0; first < tableCount; first += PIECE_ENTRIES) {
    const count = Math.min(PIECE_ENTRIES, tableCount - first);
    const bytes = await readBytes(source, position + first * entryBytes, count * entryBytes, signal);
    const entries = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let i = 0; i < count; i++) {
      const table = options.locate(entries, i);
      if (table === 0) continue;
      if (table + tableBytes > source.sizeBytes)
        throw new TruncatedImageError(`Grain table ${first + i} of “${name}” lies beyond the end of the file.`);
      const isApart = table >= earliest && (table >= end || table + tableBytes <= position) && taken.add(table);
      if (!isApart) throw new DamagedImageError(`Grain table ${first + i} of “${name}” overlaps another structure.`);
      tables[first + i] = table;
    }
  }
  return {
    tables,
    overlaps: (from, length) => (from < end && from + length > position) || taken.overlaps(from, length),
  };
}
