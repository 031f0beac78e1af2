/** One extent of a VMDK (the format's word for a part of the disk, mostly a file) and the two kinds without tables. */
import type { ByteSource } from '../bytes.ts';
import { TruncatedImageError } from '../errors.ts';
import { holesOf, type HoleMap } from '../holes.ts';
import type { Extent } from '../image.ts';
import { SECTOR } from './descriptor.ts';

/** Its file stays open as long as the image; the image closes it. */
export interface Part {
  readonly sizeBytes: number;
  readonly warnings: readonly string[];
  /** Guest bytes with storage behind them, null where only the tables would tell. */
  readonly allocatedBytes: number | null;
  /**
   * The bytes [from, to) of this part in order and without gaps, at offsets of the whole disk.
   * @param base the offset of this part on the disk
   */
  extents(from: number, to: number, base: number, signal?: AbortSignal): AsyncIterable<Extent> | Iterable<Extent>;
}

/**
 * Bytes stored as they are, with zeros where the file system has holes.
 * @throws TruncatedImageError when the file is shorter than its line in the descriptor says.
 */
export async function openFlatPart(source: ByteSource, position: number, sizeBytes: number): Promise<Part> {
  if (position + sizeBytes > source.sizeBytes) {
    throw new TruncatedImageError(
      `“${source.name}” has ${source.sizeBytes} bytes, but its descriptor needs ${sizeBytes} bytes at ${position}.`,
    );
  }
  const holes = await holesOf(source);
  return {
    sizeBytes,
    warnings: [],
    allocatedBytes: holes === null ? sizeBytes : Math.min(holes.storedBytes, sizeBytes),
    extents: (from, to, base, signal) =>
      holes === null
        ? [{ kind: 'data', offset: base + from, length: to - from, source, position: position + from }]
        : flatExtents(source, holes, position + from, position + to, base - position, signal),
  };
}

/** File bytes [from, to) at disk offsets `shift` above; file systems answer in blocks of their own, so data is grown to sectors. */
async function* flatExtents(
  source: ByteSource,
  holes: HoleMap,
  from: number,
  to: number,
  shift: number,
  signal?: AbortSignal,
): AsyncGenerator<Extent> {
  for (let at = from; at < to;) {
    const found = await holes.dataFrom(at, signal);
    const start = Math.max(at, Math.min(to, Math.floor(found.start / SECTOR) * SECTOR));
    const end = Math.min(to, Math.ceil(found.end / SECTOR) * SECTOR);
    if (start > at) yield { kind: 'zero', offset: at + shift, length: start - at };
    if (end > start) yield { kind: 'data', offset: start + shift, length: end - start, source, position: start };
    at = Math.max(start, end);
  }
}

export function zeroPart(sizeBytes: number): Part {
  return {
    sizeBytes,
    warnings: [],
    allocatedBytes: 0,
    extents: (from, to, base) => [{ kind: 'zero', offset: base + from, length: to - from }],
  };
}
