/** Deals a limit among those who share it: each gets what it uses and some more, and whoever could use more shares the rest. */

export interface Claim {
  /** Migrations. */
  readonly weight: number;
  /** Bytes per second that go there now; null where that is not known yet. */
  readonly used: number | null;
  /** What it may use now; null where it has nothing yet. */
  readonly share: number | null;
}

/** Who uses less than this of its share could not use more of it. */
const IDLE_BELOW = 0.75;
/** So much more than what is used is left to it, so that it can show that it could use more. */
const GROWTH = 1.5;
/** Of an equal part: as much is always left. */
const LEAST_PART = 0.1;

/** @returns for each claim a part, at least 1; together no more than the limit where that is at least as many as there are claims */
export function dealt(limit: number, claims: readonly Claim[]): number[] {
  const weight = claims.reduce((sum, claim) => sum + claim.weight, 0);
  const needs = claims.map((claim) => needOf(claim, (LEAST_PART * limit * claim.weight) / weight));
  const parts = filled(limit, claims, needs);
  const left = limit - parts.reduce((sum, part) => sum + part, 0);
  return parts.map((part, i) => Math.max(1, Math.floor(part + (left * (claims[i]?.weight ?? 0)) / weight)));
}

function needOf({ used, share }: Claim, least: number): number {
  if (used === null || share === null || used >= IDLE_BELOW * share) return Infinity;
  return Math.max(least, GROWTH * used);
}

/** Who needs less than its part gets what it needs; that is done again with the rest until nobody does. */
function filled(limit: number, claims: readonly Claim[], needs: readonly number[]): number[] {
  const parts = claims.map(() => 0);
  let open = claims.map((_, i) => i);
  for (let left = limit; open.length > 0;) {
    const weight = open.reduce((sum, i) => sum + (claims[i]?.weight ?? 0), 0);
    const partOf = (i: number): number => (left * (claims[i]?.weight ?? 0)) / weight;
    const content = open.filter((i) => (needs[i] ?? Infinity) <= partOf(i));
    if (content.length === 0) {
      for (const i of open) parts[i] = partOf(i);
      break;
    }
    for (const i of content) parts[i] = needs[i] ?? 0;
    left -= content.reduce((sum, i) => sum + (needs[i] ?? 0), 0);
    open = open.filter((i) => !content.includes(i));
  }
  return parts;
}
