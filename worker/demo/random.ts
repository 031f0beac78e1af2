/** Numbers that look random and depend on a seed alone, so that the demo machine is the same everywhere. */

export interface Random {
  /** The next unsigned 32-bit number. */
  next(): number;
  /** A whole number in [0, below). */
  below(below: number): number;
}

/** An independent stream for each list of `seeds`; every seed is used as a 32-bit number. */
export function randomOf(...seeds: readonly number[]): Random {
  let state = 0x9e37_79b9;
  for (const seed of seeds) state = scramble(state ^ scramble((seed + 0x7f4a_7c15) | 0));
  const next = (): number => {
    state = (state + 0x6d2b_79f5) | 0;
    return scramble(state) >>> 0;
  };
  return { next, below: (below) => Math.floor((next() / 2 ** 32) * below) };
}

/** Spreads every bit of the input over all bits of the output; no two inputs meet. */
function scramble(value: number): number {
  let x = Math.imul(value ^ (value >>> 16), 0x85eb_ca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2_ae35);
  return x ^ (x >>> 16);
}
