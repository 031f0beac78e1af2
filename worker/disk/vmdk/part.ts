/** One extent of a VMDK (the format's word for a part of the disk, mostly a file) and the two kinds without tables. */
import type { ByteSource } from '../bytes.ts';
import { TruncatedImageError } from '../errors.ts';
import type { Extent } from '../image.ts';

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

/** Bytes stored as they are. @throws TruncatedImageError when the file is shorter than its line in the descriptor says. */
export function flatPart(source: ByteSource, position: number, sizeBytes: number): Part {
  if (position + sizeBytes > source.sizeBytes) {
    throw new TruncatedImageError(`“${source.name}” has ${source.sizeBytes} bytes, but its descriptor needs ${sizeBytes} bytes at ${position}.`);
  }
  return {
    sizeBytes,
    warnings: [],
    allocatedBytes: sizeBytes,
    extents: (from, to, base) => [{ kind: 'data', offset: base + from, length: to - from, source, position: position + from }],
  };
}

export function zeroPart(sizeBytes: number): Part {
  return {
    sizeBytes,
    warnings: [],
    allocatedBytes: 0,
    extents: (from, to, base) => [{ kind: 'zero', offset: base + from, length: to - from }],
  };
}
