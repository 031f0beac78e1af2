/** The markers of a streamOptimized VMDK: before a grain which one it is and how much follows, before all else its type. */
import { DamagedImageError } from '../errors.ts';
import { SECTOR } from './descriptor.ts';

/** The type of a marker that is no grain's, which has 0 for its size. */
export const MARKER = { endOfStream: 0, table: 1, directory: 2, footer: 3 } as const;

/** Eight bytes of sector on the disk, four of stored size; the zlib stream follows at once. */
export const GRAIN_MARKER_BYTES = 12;
/** Two bytes of header, an empty block, four of Adler-32. */
const SHORTEST_ZLIB = 8;

/** Little-endian, from any alignment, without a view object for each of millions of markers. */
export function u32(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24)) >>> 0
  );
}

/** Where on the disk the marker says its grain belongs, in bytes; above 2^53 it is not exact, but then it is above every limit. */
export function markerOffset(bytes: Uint8Array): number {
  return (u32(bytes, 4) * 2 ** 32 + u32(bytes, 0)) * SECTOR;
}

/**
 * The stored bytes of the grain for `offset`, whose marker and first two bytes are in `bytes`.
 * @throws DamagedImageError when the marker is another grain's, or what follows is no zlib stream that a decoder takes.
 */
export function readGrainMarker(bytes: Uint8Array, offset: number, grainBytes: number, name: string): number {
  if (markerOffset(bytes) !== offset)
    throw new DamagedImageError(`“${name}” has another grain where the one for offset ${offset} should be.`);
  const storedBytes = u32(bytes, 8);
  if (storedBytes < SHORTEST_ZLIB || storedBytes > 2 * grainBytes) {
    throw new DamagedImageError(`“${name}” has ${storedBytes} stored bytes for the grain at offset ${offset}.`);
  }
  if (!isZlibHeader(bytes[GRAIN_MARKER_BYTES] ?? 0, bytes[GRAIN_MARKER_BYTES + 1] ?? 0)) {
    throw new DamagedImageError(`The grain at offset ${offset} of “${name}” does not begin like a zlib stream.`);
  }
  return storedBytes;
}

/** RFC 1950: deflate, a window of at most 32 KiB, no preset dictionary, and the check bits right. */
function isZlibHeader(method: number, flags: number): boolean {
  return (method & 0x0f) === 8 && method >> 4 <= 7 && (flags & 0x20) === 0 && (method * 256 + flags) % 31 === 0;
}
