/** Sorts with pauses for others: a merge sort over pieces that are short enough to be sorted in one go. */
import type { Breather } from './breather.ts';

const PIECE = 128;

/** Equals keep their order. */
export async function sortGently<T>(
  items: readonly T[],
  compare: (a: T, b: T) => number,
  breather: Breather,
): Promise<T[]> {
  let runs: T[][] = [];
  for (let at = 0; at < items.length; at += PIECE) {
    if (breather.isDue) await breather.breathe();
    runs.push(items.slice(at, at + PIECE).sort(compare));
  }
  while (runs.length > 1) {
    const longer: T[][] = [];
    for (let at = 0; at < runs.length; at += 2)
      longer.push(await merged(runs[at] ?? [], runs[at + 1] ?? [], compare, breather));
    runs = longer;
  }
  return runs[0] ?? [];
}

async function merged<T>(
  left: readonly T[],
  right: readonly T[],
  compare: (a: T, b: T) => number,
  breather: Breather,
): Promise<T[]> {
  const all: T[] = [];
  let l = 0;
  let r = 0;
  while (all.length < left.length + right.length) {
    if (all.length % PIECE === 0 && breather.isDue) await breather.breathe();
    const [a, b] = [left[l], right[r]];
    const isLeft = b === undefined || (a !== undefined && compare(a, b) <= 0);
    if (isLeft && a !== undefined) {
      all.push(a);
      l += 1;
    } else if (b !== undefined) {
      all.push(b);
      r += 1;
    }
  }
  return all;
}
