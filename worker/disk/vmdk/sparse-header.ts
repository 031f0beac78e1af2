/** The header of a hosted sparse extent (`KDMV`), which is also the footer of a streamOptimized one. */
import { DamagedImageError, LimitError, TruncatedImageError, UnsupportedImageError } from '../errors.ts';
import { LONGEST_DESCRIPTOR, MOST_SECTORS, SECTOR } from './descriptor.ts';

/** Positions and sizes in bytes. */
export interface SparseHeader {
  readonly version: number;
  readonly capacityBytes: number;
  readonly grainBytes: number;
  readonly entriesPerTable: number;
  /** How many grain tables cover the capacity: the entries of the grain directory. */
  readonly tableCount: number;
  /** Null where no descriptor is embedded. */
  readonly descriptor: { readonly position: number; readonly length: number } | null;
  /** Where the grain directory is; `atEnd` when only the footer knows. */
  readonly directory: number | 'atEnd';
  readonly redundantDirectory: number | null;
  /** Metadata takes these bytes at the start of the file. */
  readonly overheadBytes: number;
  readonly isUnclean: boolean;
  /** Every grain is a zlib stream behind a marker with its address and size. */
  readonly isCompressed: boolean;
  /** Table entry 1 means a grain of zeros. */
  readonly hasZeroGrains: boolean;
}

const HAS_LINE_ENDS = 1;
const HAS_REDUNDANT_DIRECTORY = 2;
const HAS_ZERO_GRAINS = 4;
const HAS_COMPRESSED_GRAINS = 0x1_0000;
const HAS_MARKERS = 0x2_0000;

const LARGEST_GRAIN = 64 * 1024 * 1024;
/** A compressed grain is unpacked in one piece, so it must be small; all known writers use 64 KiB. */
const LARGEST_PACKED_GRAIN = 1024 * 1024;
/** Enough for 64 TiB in grains of 64 KiB, twice over. */
const MOST_TABLES = 2 ** 22;

/** True when the bytes begin like a hosted sparse extent. */
export function isSparseHeader(bytes: Uint8Array): boolean {
  return bytes[0] === 0x4b && bytes[1] === 0x44 && bytes[2] === 0x4d && bytes[3] === 0x56; // KDMV
}

/**
 * Parses the 512 bytes of a header or footer and checks what can be checked without the rest of the file.
 * Source: “Virtual Disk Format 5.0” technical note by VMware, section “Hosted Sparse Extents”.
 * @throws DamagedImageError, LimitError, UnsupportedImageError
 */
export function parseSparseHeader(bytes: Uint8Array, name: string): SparseHeader {
  if (bytes.byteLength < SECTOR) throw new TruncatedImageError(`“${name}” ends within its header.`);
  if (!isSparseHeader(bytes)) throw new DamagedImageError(`“${name}” has no VMDK header.`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, SECTOR);
  const u32 = (at: number): number => view.getUint32(at, true);
  // Above 2^53 the sum is not exact, but then it is above every limit as well.
  const u64 = (at: number): number => u32(at + 4) * 2 ** 32 + u32(at);
  const version = u32(4);
  if (version < 1 || version > 3) {
    throw new UnsupportedImageError(
      `“${name}” is of VMDK version ${version}.`,
      'Export the disk again as OVF or OVA; that gives version 3 or less.',
    );
  }
  const flags = u32(8);
  if ((flags & HAS_LINE_ENDS) !== 0 && u32(73) !== 0x0a0d_200a) {
    throw new DamagedImageError(`“${name}” went through a transfer that converts line ends; its bytes are changed.`);
  }

  const capacity = u64(12);
  const grain = u64(20);
  const entriesPerTable = u32(44);
  if (capacity < 1 || capacity > MOST_SECTORS)
    throw new LimitError(`“${name}” claims a capacity of ${capacity} sectors.`);
  const isPowerOfTwo = grain <= LARGEST_GRAIN / SECTOR && (grain & (grain - 1)) === 0;
  if (grain < 8 || !isPowerOfTwo) throw new LimitError(`“${name}” claims grains of ${grain} sectors.`);
  if (entriesPerTable === 0 || entriesPerTable > 4096 || entriesPerTable % 128 !== 0) {
    throw new LimitError(`“${name}” claims grain tables of ${entriesPerTable} entries.`);
  }
  const tableCount = Math.ceil(capacity / (grain * entriesPerTable));
  if (tableCount > MOST_TABLES) throw new LimitError(`“${name}” claims ${tableCount} grain tables.`);

  const method = view.getUint16(77, true);
  if (method > 1) throw new DamagedImageError(`“${name}” names the unknown compression method ${method}.`);
  const isCompressed = (flags & HAS_COMPRESSED_GRAINS) !== 0;
  if (isCompressed !== (method === 1) || isCompressed !== ((flags & HAS_MARKERS) !== 0)) {
    throw new DamagedImageError(`“${name}” contradicts itself on whether its grains are compressed.`);
  }
  if (isCompressed && grain * SECTOR > LARGEST_PACKED_GRAIN)
    throw new LimitError(`“${name}” claims compressed grains of ${grain} sectors.`);

  const descriptorLength = u64(36) * SECTOR;
  if (descriptorLength > LONGEST_DESCRIPTOR)
    throw new LimitError(`“${name}” claims a descriptor of ${descriptorLength} bytes.`);
  const descriptorPosition = u64(28) * SECTOR;
  const isAtEnd = u32(56) === 0xffff_ffff && u32(60) === 0xffff_ffff;
  return {
    version,
    capacityBytes: capacity * SECTOR,
    grainBytes: grain * SECTOR,
    entriesPerTable,
    tableCount,
    descriptor:
      descriptorPosition === 0 || descriptorLength === 0
        ? null
        : { position: descriptorPosition, length: descriptorLength },
    directory: isAtEnd ? 'atEnd' : u64(56) * SECTOR,
    redundantDirectory: (flags & HAS_REDUNDANT_DIRECTORY) === 0 ? null : u64(48) * SECTOR,
    overheadBytes: u64(64) * SECTOR,
    isUnclean: bytes[72] !== 0,
    isCompressed,
    hasZeroGrains: version >= 2 && (flags & HAS_ZERO_GRAINS) !== 0,
  };
}

/** The footer repeats the header but for the place of the grain directory. */
export function checkFooter(header: SparseHeader, footer: SparseHeader, name: string): void {
  const same =
    header.capacityBytes === footer.capacityBytes &&
    header.grainBytes === footer.grainBytes &&
    header.entriesPerTable === footer.entriesPerTable &&
    header.isCompressed === footer.isCompressed;
  if (!same || footer.directory === 'atEnd')
    throw new DamagedImageError(`The footer of “${name}” contradicts its header.`);
}

/**
 * Header and descriptor must agree on the size of an extent, but a header may round it up to whole grains, as
 * VirtualBox does. The header's size is used then: nothing is lost, and other programs do the same.
 * @param described what the descriptor says, in bytes; null without a descriptor
 */
export function checkSize(
  header: { readonly capacityBytes: number; readonly grainBytes: number },
  described: number | null,
  name: string,
): void {
  const { capacityBytes, grainBytes } = header;
  if (described === null || described === capacityBytes) return;
  if (Math.ceil(described / grainBytes) * grainBytes === capacityBytes) return;
  throw new DamagedImageError(
    `“${name}” has ${capacityBytes} bytes by its header, but ${described} bytes by its descriptor.`,
  );
}
