/** Walks a directory of grain tables in the order of the disk, reading tables in runs and skipping those that are absent. */
import { readBytes, type ByteSource } from '../bytes.ts';
import { DamagedImageError } from '../errors.ts';

/** One read of tables: 65,536 grains of the common kind, so 4 GiB of disk. */
const MOST_RUN_BYTES = 256 * 1024;

export interface GrainTableOptions {
  readonly source: ByteSource;
  readonly grainBytes: number;
  readonly entriesPerTable: number;
  readonly entryBytes: 4 | 8;
  /** Where each table begins in the file, 0 where there is none; checked to be within the file. */
  readonly tables: Float64Array;
  /** Copies of the tables that must be equal, 0 where a table is absent; null where the format keeps none. */
  readonly copies?: Float64Array | null;
}

/** Tables [.., ..) are absent, so nothing is stored for these bytes of the extent. */
export interface AbsentRun {
  readonly entries: null;
  readonly from: number;
  readonly to: number;
}
/** Entries for the bytes [from, to) of the extent, the first for the grain at `from`, which is a multiple of the grain. */
export interface EntryRun {
  readonly entries: DataView;
  readonly from: number;
  readonly to: number;
}

/**
 * The runs that cover [from, to) of the extent, in order; they may begin before `from` and end behind `to`.
 * Holds one run at a time: its entries are good until the next is asked for.
 * @throws DamagedImageError where a table differs from its copy
 */
export async function* tableRuns(
  { source, grainBytes, entriesPerTable, entryBytes, tables, copies = null }: GrainTableOptions,
  from: number,
  to: number,
  signal?: AbortSignal,
): AsyncGenerator<AbsentRun | EntryRun, void, void> {
  const tableBytes = entriesPerTable * entryBytes;
  const covered = grainBytes * entriesPerTable;
  const end = Math.min(tables.length, Math.ceil(to / covered));
  let buffer = Buffer.alloc(0);
  for (let table = Math.floor(from / covered); table < end;) {
    const position = tables[table] ?? 0;
    let count = 1;
    const follows = (next: number | undefined): boolean =>
      position === 0
        ? next === 0
        : next === position + count * tableBytes && (count + 1) * tableBytes <= MOST_RUN_BYTES;
    while (table + count < end && follows(tables[table + count])) count++;
    const run = { from: table * covered, to: (table + count) * covered };
    if (position === 0) yield { entries: null, ...run };
    else {
      if (buffer.byteLength < count * tableBytes) buffer = Buffer.allocUnsafe(count * tableBytes);
      const bytes = buffer.subarray(0, count * tableBytes);
      await source.read(bytes, position, signal);
      if (copies !== null) await compareCopies(source, copies.subarray(table, table + count), bytes, signal);
      yield { entries: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), ...run };
    }
    table += count;
  }
}

/** Both are written together, so where they differ one of them is damaged, and nobody can tell which. */
async function compareCopies(
  source: ByteSource,
  copies: Float64Array,
  tables: Buffer,
  signal?: AbortSignal,
): Promise<void> {
  const tableBytes = tables.byteLength / copies.length;
  for (let first = 0; first < copies.length;) {
    const position = copies[first] ?? 0;
    let count = 1;
    while (copies[first + count] === position + count * tableBytes) count++;
    const copy = await readBytes(source, position, count * tableBytes, signal);
    if (copy.compare(tables, first * tableBytes, (first + count) * tableBytes) !== 0) {
      throw new DamagedImageError(`The grain tables of “${source.name}” differ from their redundant copies.`);
    }
    first += count;
  }
}
