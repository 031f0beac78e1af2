/** The metadata of a VHDX: sizes, flags and the name of its parent ([MS-VHDX] 2.6). It carries no checksum. */
import { readBytes, type ByteSource } from '../bytes.ts';
import { DamagedImageError, LimitError, UnsupportedImageError } from '../errors.ts';
import { guid, KiB, MiB, TiB, u64, type Region } from './fields.ts';
import { readLocator, type ParentLocator } from './locator.ts';

export interface VhdxMetadata {
  readonly virtualSizeBytes: number;
  readonly blockBytes: number;
  readonly sectorBytes: 512 | 4096;
  /** Blocks stay allocated once they are: what is called a fixed disk. */
  readonly isFixed: boolean;
  /** Null where the disk stands alone. */
  readonly parent: ParentLocator | null;
}

const FILE_PARAMETERS = 'caa16737-fa36-4d43-b3b6-33f0aa44e76b';
const VIRTUAL_DISK_SIZE = '2fa54224-cd1b-4876-b211-5dbed83bf4b8';
const VIRTUAL_DISK_ID = 'beca12ab-b2e6-4523-93ef-c309e000c746';
const LOGICAL_SECTOR_SIZE = '8141bf1d-a96f-4709-ba47-f233a8faab5f';
const PHYSICAL_SECTOR_SIZE = 'cda348c7-445d-4471-9cc9-e9885251c556';
const PARENT_LOCATOR = 'a8d35f2d-b30b-454d-abf7-d3d84834ab0c';

/** What each known item must be long, in bytes; the parent locator has its own bounds. */
const LENGTHS: ReadonlyMap<string, number> = new Map([
  [FILE_PARAMETERS, 8],
  [VIRTUAL_DISK_SIZE, 8],
  [VIRTUAL_DISK_ID, 16],
  [LOGICAL_SECTOR_SIZE, 4],
  [PHYSICAL_SECTOR_SIZE, 4],
]);

const TABLE_BYTES = 64 * KiB;
const MOST_ENTRIES = 2047;
const MOST_ITEM_BYTES = MiB;
const IS_REQUIRED = 4;
const LEAVE_BLOCKS_ALLOCATED = 1;
const HAS_PARENT = 2;
const MOST_DISK_BYTES = 64 * TiB;

/**
 * @throws DamagedImageError when an item is missing, doubled, out of place or contradicts another.
 * @throws UnsupportedImageError for an item that must be understood and is not known.
 * @throws LimitError for a disk beyond 64 TiB.
 */
export async function readMetadata(file: ByteSource, region: Region, signal?: AbortSignal): Promise<VhdxMetadata> {
  const damaged = (what: string): DamagedImageError => new DamagedImageError(`The metadata of “${file.name}” ${what}.`);
  const items = await readItems(file, region, signal);
  const item = (id: string): Buffer => {
    const bytes = items.get(id);
    if (bytes === undefined) throw damaged(`lacks the item ${id}`);
    return bytes;
  };
  for (const [id, length] of LENGTHS) {
    if (item(id).byteLength !== length)
      throw damaged(`has ${item(id).byteLength} bytes for the item ${id} instead of ${length}`);
  }

  const blockBytes = item(FILE_PARAMETERS).readUInt32LE(0);
  const flags = item(FILE_PARAMETERS).readUInt32LE(4);
  const virtualSizeBytes = u64(item(VIRTUAL_DISK_SIZE), 0);
  const sectorBytes = item(LOGICAL_SECTOR_SIZE).readUInt32LE(0);
  const physicalSectorBytes = item(PHYSICAL_SECTOR_SIZE).readUInt32LE(0);

  const isPowerOfTwo = (blockBytes & (blockBytes - 1)) === 0;
  if (blockBytes < MiB || blockBytes > 256 * MiB || !isPowerOfTwo)
    throw damaged(`claims blocks of ${blockBytes} bytes`);
  if ((flags & ~(LEAVE_BLOCKS_ALLOCATED | HAS_PARENT)) !== 0) throw damaged(`sets unknown flags, ${flags}`);
  if (sectorBytes !== 512 && sectorBytes !== 4096) throw damaged(`claims sectors of ${sectorBytes} bytes`);
  if (physicalSectorBytes !== 512 && physicalSectorBytes !== 4096) {
    throw damaged(`claims physical sectors of ${physicalSectorBytes} bytes`);
  }
  if (virtualSizeBytes > MOST_DISK_BYTES) {
    throw new LimitError(`“${file.name}” claims a disk of ${virtualSizeBytes} bytes; a VHDX has at most 64 TiB.`);
  }
  if (virtualSizeBytes === 0 || virtualSizeBytes % sectorBytes !== 0) {
    throw damaged(`claims a disk of ${virtualSizeBytes} bytes, which is not a number of whole sectors`);
  }

  const hasParent = (flags & HAS_PARENT) !== 0;
  const locator = items.get(PARENT_LOCATOR);
  if (hasParent !== (locator !== undefined)) {
    throw damaged(
      hasParent ? 'says that there is a parent, but not where' : 'names a parent, but says that there is none',
    );
  }
  return {
    virtualSizeBytes,
    blockBytes,
    sectorBytes,
    isFixed: (flags & LEAVE_BLOCKS_ALLOCATED) !== 0,
    parent: locator === undefined ? null : readLocator(locator, file.name),
  };
}

/** The known items by their ids. */
async function readItems(file: ByteSource, region: Region, signal?: AbortSignal): Promise<Map<string, Buffer>> {
  const damaged = (what: string): DamagedImageError =>
    new DamagedImageError(`The metadata table of “${file.name}” ${what}.`);
  const table = await readBytes(file, region.offset, TABLE_BYTES, signal);
  if (table.toString('latin1', 0, 8) !== 'metadata') throw damaged('does not start as one');
  const count = table.readUInt16LE(10);
  if (count > MOST_ENTRIES) throw damaged(`claims ${count} entries`);

  const places: { id: string; offset: number; length: number }[] = [];
  for (let n = 0; n < count; n++) {
    const at = 32 + 32 * n;
    const [id, offset, length] = [guid(table, at), table.readUInt32LE(at + 16), table.readUInt32LE(at + 20)];
    const isKnown = LENGTHS.has(id) || id === PARENT_LOCATOR;
    if (!isKnown && (table.readUInt32LE(at + 24) & IS_REQUIRED) !== 0) {
      throw new UnsupportedImageError(
        `“${file.name}” has metadata ${id} that a reader must understand, and Guts does not know it.`,
        'Convert the disk on a Hyper-V host with Convert-VHD, and try again.',
      );
    }
    if (length === 0 && !isKnown) continue;
    if (length > MOST_ITEM_BYTES || offset < TABLE_BYTES || offset + length > region.length) {
      throw damaged(`has an item at ${offset} with ${length} bytes, which is no valid place`);
    }
    places.push({ id, offset, length });
  }

  const items = new Map<string, Buffer>();
  let end = 0;
  for (const { id, offset, length } of places.sort((a, b) => a.offset - b.offset)) {
    if (offset < end) throw damaged(`has two items that overlap at ${offset}`);
    end = offset + length;
    if (!LENGTHS.has(id) && id !== PARENT_LOCATOR) continue;
    if (items.has(id)) throw damaged(`has the item ${id} twice`);
    items.set(id, await readBytes(file, region.offset + offset, length, signal));
  }
  return items;
}
