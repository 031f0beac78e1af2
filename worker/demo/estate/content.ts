/** What the disks of the window's demo hold: a few megabytes each, however large the disk, made when they are read. */
import { BLOCK_BYTES, madeContent, type HeldContent } from '../../../test/lab/content.ts';
import { accessLog, letter, noise, PAGE_BYTES, records, type Content } from '../content.ts';
import { randomOf } from '../random.ts';

const MiB = 1024 ** 2;
/** Blocks that all disks share; what tells them apart is stamped on each. */
const POOL_BLOCKS = 48;
/** As files lie on a real disk: some of them together, with nothing between. */
const RUN_BLOCKS = 24;

/** Content of a disk of `sizeBytes`, of which `heldMiB` were written: its first block, its last, and runs in between. */
export function sparseContent(name: string, sizeBytes: number, heldMiB: number): HeldContent {
  const seed = seedOf(name);
  return madeContent(name, sizeBytes, placesOf(sizeBytes, heldMiB, seed), (offset) => {
    const block = Buffer.from(pool()[(seed + offset / BLOCK_BYTES) % POOL_BLOCKS] ?? []);
    block.write(`${name}: what it holds at byte ${offset}.\n`, 'latin1');
    return block;
  });
}

function placesOf(sizeBytes: number, heldMiB: number, seed: number): number[] {
  const blocks = Math.floor(sizeBytes / BLOCK_BYTES);
  const wanted = Math.min(blocks, Math.ceil((heldMiB * MiB) / BLOCK_BYTES));
  const random = randomOf(seed);
  const places = new Set([0, blocks - 1]);
  while (places.size < wanted) {
    const start = random.below(blocks);
    for (let at = start; at < Math.min(start + RUN_BLOCKS, blocks) && places.size < wanted; at++) places.add(at);
  }
  return [...places].sort((a, b) => a - b).map((place) => place * BLOCK_BYTES);
}

let made: readonly Buffer[] | undefined;

/** Half of it is text and records, half does not compress. */
function pool(): readonly Buffer[] {
  if (made !== undefined) return made;
  const bytes = POOL_BLOCKS * BLOCK_BYTES;
  const kinds: readonly Content[] = [
    accessLog(1, bytes),
    noise(2, bytes),
    letter(3, bytes),
    noise(4, bytes),
    records(5, bytes),
    noise(6, bytes),
  ];
  made = Array.from({ length: POOL_BLOCKS }, (_, index) => {
    const block = Buffer.alloc(BLOCK_BYTES);
    for (let at = 0; at < BLOCK_BYTES; at += PAGE_BYTES)
      kinds[index % kinds.length]?.page((index * BLOCK_BYTES + at) / PAGE_BYTES, block.subarray(at, at + PAGE_BYTES));
    return block;
  });
  return made;
}

function seedOf(name: string): number {
  let seed = 7;
  for (const letter of name) seed = (Math.imul(seed, 31) + (letter.codePointAt(0) ?? 0)) >>> 0;
  return seed;
}
