/** Stretches of a made-up disk that hold something, and the same as aligned blocks made only when asked for. */

/** Where a disk holds something. Offsets and lengths are multiples of 512 bytes. */
export interface Region {
  readonly offset: number;
  readonly length: number;
  /** Fills all of `into` (zeros on entry) with the bytes from `at`, counted from the region's start. */
  fill(into: Buffer, at: number): void;
}

/** What a disk holds at `offset`. The rest of the disk was never written. */
export interface DemoExtent {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** Blocks are as long as a VMDK grain or a qcow2 cluster, and aligned like them. */
export const BLOCK_BYTES = 64 * 1024;

/** A region whose bytes are at hand. */
export function held(offset: number, bytes: Buffer): Region {
  return { offset, length: bytes.byteLength, fill: (into, at) => void bytes.copy(into, 0, at, at + into.byteLength) };
}

/**
 * The blocks that `regions` touch, in order, whole, each in a buffer of its own; one block is in memory at a time.
 * `regions` are in order and do not overlap; the disk's size is a multiple of `BLOCK_BYTES`.
 */
export function* blocksOf(regions: readonly Region[]): Generator<DemoExtent, void, void> {
  let offset = -1;
  let bytes: Buffer | undefined;
  for (const region of regions) {
    for (let at = 0; at < region.length;) {
      const position = region.offset + at;
      const block = position - (position % BLOCK_BYTES);
      if (bytes === undefined || block !== offset) {
        if (bytes !== undefined) yield { offset, bytes };
        offset = block;
        bytes = Buffer.alloc(BLOCK_BYTES);
      }
      const length = Math.min(region.length - at, block + BLOCK_BYTES - position);
      region.fill(bytes.subarray(position - block, position - block + length), at);
      at += length;
    }
  }
  if (bytes !== undefined) yield { offset, bytes };
}
