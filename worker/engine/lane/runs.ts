/** Finds the blocks of a batch that hold data and lie side by side, which are placed and written together. */
import { BLOCK_BYTES } from './protocol.ts';

/**
 * Calls `found` for each longest stretch, among the blocks from `from` to `to`, that is not zeros and whose blocks
 * follow each other on the guest's disk.
 * @param offsets guest offset of each block, ascending
 * @param zeros one a block: 1 where it is all zeros
 */
export function forRuns(
  offsets: readonly number[],
  zeros: Uint8Array,
  from: number,
  to: number,
  found: (first: number, count: number, offset: number) => void,
): void {
  for (let i = from; i < to;) {
    const offset = offsets[i] ?? 0;
    if (zeros[i] === 1) {
      i++;
      continue;
    }
    let count = 1;
    while (i + count < to && zeros[i + count] === 0 && offsets[i + count] === offset + count * BLOCK_BYTES) count++;
    found(i, count, offset);
    i += count;
  }
}
