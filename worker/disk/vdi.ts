/**
 * VirtualBox disk images, dynamic and fixed, as VirtualBox and qemu-img write them: a header, one map with four bytes
 * a block, and the blocks in any order. Source: the header layout of VirtualBox's VDI 1.1 (Storage/VDICore.h).
 */
import { readBytes, type ByteSource } from './bytes.ts';
import { Claims } from './claims.ts';
import { DamagedImageError, LimitError, TruncatedImageError, UnsupportedImageError } from './errors.ts';
import { joined } from './extents.ts';
import type { Extent, FormatOpener } from './image.ts';

const SECTOR_BYTES = 512;
const SIGNATURE = 0xbeda_107f;
const VERSION_1_1 = 0x0001_0001;
const MOST_BYTES = 2 ** 50;
/** VirtualBox writes 1 MiB blocks; other powers of two are within the format. */
const LEAST_BLOCK_BYTES = 4096;
const MOST_BLOCK_BYTES = 256 * 1024 * 1024;
/** The block map is read in pieces of this size; two walks at once hold two. */
const PIECE_ENTRIES = 16_384;

const FREE = 0xffff_ffff;
const DISCARDED = 0xffff_fffe;

const variants: Readonly<Record<number, string>> = { 1: 'dynamic', 2: 'fixed', 3: 'undo', 4: 'differencing' };

interface Layout {
  readonly source: ByteSource;
  readonly virtualSizeBytes: number;
  readonly mapOffset: number;
  readonly dataOffset: number;
  readonly blockBytes: number;
  readonly blockCount: number;
  readonly storedBlocks: number;
}

/**
 * Opens a VDI image. The whole map is checked once, in pieces: every block inside the file, none used twice.
 * @throws UnsupportedImageError for differencing images, whose parent is known by a UUID only VirtualBox can look up.
 */
export const openVdi: FormatOpener = async (source, _neighbours, signal) => {
  const header = await readBytes(source, 0, SECTOR_BYTES, signal);
  const variant = checkKind(header, source.name);
  const { layout, warnings } = readLayout(header, source);
  const usedBlocks = await checkMap(layout, signal);
  return {
    identity: null,
    facts: {
      format: 'vdi',
      variant,
      virtualSizeBytes: layout.virtualSizeBytes,
      allocatedBytes: Math.min(usedBlocks * layout.blockBytes, layout.virtualSizeBytes),
      sectorSizeBytes: SECTOR_BYTES,
      creator: creatorOf(header),
      chain: [{ name: source.name, format: 'vdi', variant }],
      warnings,
    },
    extents: (from, to, signal) => joined(blockExtents(layout, from, Math.min(to, layout.virtualSizeBytes), signal)),
    async [Symbol.asyncDispose]() {
      await source[Symbol.asyncDispose]();
    },
  };
};

/** The variant's name, once signature, version and kind are such as can be read. */
function checkKind(header: Buffer, name: string): string {
  if (header.readUInt32LE(0x40) !== SIGNATURE) throw new DamagedImageError(`“${name}” has no VDI signature.`);
  const version = header.readUInt32LE(0x44);
  if (version !== VERSION_1_1) {
    throw new UnsupportedImageError(
      `“${name}” is VDI version ${version >>> 16}.${version & 0xffff}; Guts reads 1.1.`,
      'Open the disk in a current VirtualBox and clone it with “VBoxManage clonemedium”.',
    );
  }
  const kind = header.readUInt32LE(0x4c);
  const variant = variants[kind];
  if (variant === undefined) throw new DamagedImageError(`“${name}” is of the unknown VDI kind ${kind}.`);
  const hasLink = header.subarray(0x1a8, 0x1c8).some((byte) => byte !== 0); // UUIDs of the link and of the parent
  if (variant === 'undo' || variant === 'differencing' || hasLink) {
    throw new UnsupportedImageError(
      `“${name}” holds only the differences to a parent, which VDI names by a UUID and not by a file.`,
      'Merge it into a disk of its own with “VBoxManage clonemedium”, and convert that.',
    );
  }
  return variant;
}

function readLayout(header: Buffer, source: ByteSource): { layout: Layout; warnings: string[] } {
  const bad = (what: string): DamagedImageError => new DamagedImageError(`“${source.name}”: ${what}.`);
  const mapOffset = header.readUInt32LE(0x154);
  const dataOffset = header.readUInt32LE(0x158);
  const claimedBytes = header.readBigUInt64LE(0x170);
  const blockBytes = header.readUInt32LE(0x178);
  const extraBytes = header.readUInt32LE(0x17c);
  const blockCount = header.readUInt32LE(0x180);
  const storedBlocks = header.readUInt32LE(0x184);

  if (header.readUInt32LE(0x168) !== SECTOR_BYTES) throw bad('its sectors are not of 512 bytes');
  if (blockBytes < LEAST_BLOCK_BYTES || blockBytes > MOST_BLOCK_BYTES || (blockBytes & (blockBytes - 1)) !== 0) {
    throw bad(`its blocks of ${blockBytes} bytes are no power of two that VDI allows`);
  }
  if (extraBytes !== 0) throw bad(`its blocks have ${extraBytes} bytes ahead of their data`);
  if (claimedBytes === 0n) throw bad('it claims to hold a disk of 0 bytes');
  if (claimedBytes > BigInt(MOST_BYTES))
    throw new LimitError(`“${source.name}” claims a disk of ${claimedBytes} bytes.`);
  const virtualSizeBytes = Math.ceil(Number(claimedBytes) / SECTOR_BYTES) * SECTOR_BYTES;
  if (blockCount !== Math.ceil(virtualSizeBytes / blockBytes)) {
    throw bad(`${blockCount} blocks of ${blockBytes} bytes do not make a disk of ${virtualSizeBytes} bytes`);
  }
  if (storedBlocks > blockCount) throw bad(`it claims ${storedBlocks} stored blocks of ${blockCount}`);
  if (mapOffset % SECTOR_BYTES !== 0 || dataOffset % SECTOR_BYTES !== 0 || mapOffset < SECTOR_BYTES) {
    throw bad('its block map or its data does not begin on a sector of its own');
  }
  if (mapOffset + blockCount * 4 > dataOffset) throw bad('its block map reaches into its data');
  if (mapOffset + blockCount * 4 > source.sizeBytes) {
    throw new TruncatedImageError(`“${source.name}” ends before its block map does.`);
  }
  const warnings =
    BigInt(virtualSizeBytes) === claimedBytes
      ? []
      : [`The disk's ${claimedBytes} bytes are no multiple of 512; it is taken to end with a whole sector.`];
  return {
    layout: { source, virtualSizeBytes, mapOffset, dataOffset, blockBytes, blockCount, storedBlocks },
    warnings,
  };
}

/** The header's first line without its frame, such as `Oracle VM VirtualBox Disk Image`. */
function creatorOf(header: Buffer): string | null {
  const text = header.toString('latin1', 0, 64).split(/[\n\0]/, 1)[0] ?? '';
  const creator = text.replace(/^<<<\s*|\s*>>>$/g, '').trim();
  return /^[\x20-\x7e]+$/.test(creator) ? creator : null;
}

/** The number of blocks with storage. */
async function checkMap(layout: Layout, signal?: AbortSignal): Promise<number> {
  const claims = new Claims();
  let used = 0;
  for await (const { first, entries } of mapPieces(layout, 0, layout.blockCount, signal)) {
    for (let i = 0; i < entries.length; i += 4) {
      const entry = entries.readUInt32LE(i);
      if (entry === FREE || entry === DISCARDED) continue;
      const block = first + i / 4;
      const problem = !(entry < layout.storedBlocks)
        ? 'lies behind the stored blocks that the header counts'
        : !claims.claim(entry)
          ? 'is used by another block as well'
          : undefined;
      if (problem !== undefined) {
        throw new DamagedImageError(`“${layout.source.name}”: the place of block ${block} ${problem}.`);
      }
      const bytesNeeded = Math.min(layout.blockBytes, layout.virtualSizeBytes - block * layout.blockBytes);
      if (layout.dataOffset + entry * layout.blockBytes + bytesNeeded > layout.source.sizeBytes) {
        throw new TruncatedImageError(`“${layout.source.name}” ends before its block ${block} does.`);
      }
      used++;
    }
  }
  if (used !== layout.storedBlocks) {
    throw new DamagedImageError(
      `“${layout.source.name}”: its map names ${used} stored blocks, its header counts ${layout.storedBlocks}.`,
    );
  }
  return used;
}

async function* mapPieces(
  layout: Layout,
  fromBlock: number,
  toBlock: number,
  signal?: AbortSignal,
): AsyncGenerator<{ first: number; entries: Buffer }, void, void> {
  for (let first = fromBlock; first < toBlock; first += PIECE_ENTRIES) {
    const count = Math.min(PIECE_ENTRIES, toBlock - first);
    yield { first, entries: await readBytes(layout.source, layout.mapOffset + first * 4, count * 4, signal) };
  }
}

async function* blockExtents(
  layout: Layout,
  from: number,
  to: number,
  signal?: AbortSignal,
): AsyncGenerator<Extent, void, void> {
  const { source, blockBytes, dataOffset } = layout;
  const toBlock = Math.ceil(to / blockBytes);
  for await (const { first, entries } of mapPieces(layout, Math.floor(from / blockBytes), toBlock, signal)) {
    signal?.throwIfAborted();
    for (let i = 0; i < entries.length;) {
      const entry = entries.readUInt32LE(i);
      const block = first + i / 4;
      let run = 1;
      const step = entry === FREE || entry === DISCARDED ? 0 : 1;
      while (i + run * 4 < entries.length && entries.readUInt32LE(i + run * 4) === entry + run * step) run++;
      i += run * 4;
      const offset = Math.max(from, block * blockBytes);
      const length = Math.min(to, (block + run) * blockBytes) - offset;
      if (length <= 0) continue;
      if (entry === FREE) yield { kind: 'hole', offset, length };
      else if (entry === DISCARDED) yield { kind: 'zero', offset, length };
      else {
        const position = dataOffset + entry * blockBytes + (offset - block * blockBytes);
        yield { kind: 'data', offset, length, source, position };
      }
    }
  }
}
