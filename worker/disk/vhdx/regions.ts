/** The region table of a VHDX: where its block table and its metadata are ([MS-VHDX] 2.2.3). */
import { readBytes, type ByteSource } from '../bytes.ts';
import { DamagedImageError, TruncatedImageError, UnsupportedImageError } from '../errors.ts';
import { guid, isPart, isSealed, KiB, u64, type Region } from './fields.ts';

export interface Regions {
  readonly blockTable: Region;
  readonly metadata: Region;
  /** Known or not: nothing else may lie where these are. */
  readonly all: readonly Region[];
  readonly warnings: readonly string[];
}

const BLOCK_TABLE = '2dc27766-f623-4200-9d64-115e9bfd4a08';
const METADATA = '8b7ca206-4790-4b9a-b8fe-575f050f886e';

const TABLE_BYTES = 64 * KiB;
const TABLES_AT = [192 * KiB, 256 * KiB] as const;
const MOST_ENTRIES = 2047;

/**
 * @throws DamagedImageError when no copy of the table is sound, or a region lies where none can.
 * @throws UnsupportedImageError for a region that must be understood and is not known.
 */
export async function readRegions(file: ByteSource, signal?: AbortSignal): Promise<Regions> {
  const copies = await Promise.all(TABLES_AT.map((at) => readBytes(file, at, TABLE_BYTES, signal)));
  const sound = copies.filter((bytes) => bytes.toString('latin1', 0, 4) === 'regi' && isSealed(bytes));
  const table = sound[0];
  if (table === undefined)
    throw new DamagedImageError(`No copy of the region table of “${file.name}” passes its checksum.`);

  const found = new Map<string, Region>();
  const count = table.readUInt32LE(8);
  if (count > MOST_ENTRIES) throw new DamagedImageError(`The region table of “${file.name}” claims ${count} entries.`);
  for (let n = 0; n < count; n++) {
    const at = 16 + 32 * n;
    const [id, offset, length] = [guid(table, at), u64(table, at + 16), table.readUInt32LE(at + 24)];
    const isRequired = (table.readUInt32LE(at + 28) & 1) === 1;
    if (isRequired && id !== BLOCK_TABLE && id !== METADATA) throw unknownRegion(file, id);
    if (found.has(id)) throw new DamagedImageError(`“${file.name}” has two regions ${id}.`);
    if (!isPart({ offset, length })) {
      throw new DamagedImageError(
        `“${file.name}” has a region at ${offset} with ${length} bytes, which is no valid place.`,
      );
    }
    found.set(id, { offset, length });
  }
  const [blockTable, metadata] = [found.get(BLOCK_TABLE), found.get(METADATA)];
  if (blockTable === undefined || metadata === undefined) {
    throw new DamagedImageError(`“${file.name}” has no ${blockTable === undefined ? 'block table' : 'metadata'}.`);
  }
  for (const { offset, length } of [blockTable, metadata]) {
    if (offset + length <= file.sizeBytes) continue;
    throw new TruncatedImageError(
      `“${file.name}” has ${file.sizeBytes} bytes, but one of its tables ends at ${offset + length}.`,
    );
  }
  const warnings = sound.length === 2 ? [] : ['One of the two region tables is damaged; the other one was used.'];
  return { blockTable, metadata, all: [...found.values()], warnings };
}

function unknownRegion(file: ByteSource, id: string): UnsupportedImageError {
  return new UnsupportedImageError(
    `“${file.name}” has a region ${id} that a reader must understand, and Guts does not know it.`,
    'Convert the disk on a Hyper-V host with Convert-VHD, and try again.',
  );
}
