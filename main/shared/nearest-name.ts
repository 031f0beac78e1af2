/** The name that somebody may have meant who wrote another. */

/** Null where none is near enough to be meant. */
export function nearestName(written: string, known: readonly string[]): string | null {
  const most = Math.max(1, Math.floor(written.length / 3));
  const near = known
    .map((name) => ({ name, far: distance(plain(written), plain(name), most) }))
    .filter(({ far }) => far <= most);
  return (
    near.reduce<(typeof near)[number] | null>((best, one) => (best === null || one.far < best.far ? one : best), null)
      ?.name ?? null
  );
}

/** `not_before`, `not-before` and `notBefore` are the same to whoever writes it. */
const plain = (name: string): string => name.toLowerCase().replaceAll(/[-_ ]/g, '');

/** Letters to be put in, taken out, changed, or swapped with their neighbour; more than `most` is all the same. */
function distance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let older: number[] = [];
  let before = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a.charAt(i - 1) === b.charAt(j - 1);
      const isSwap = i > 1 && j > 1 && a.charAt(i - 1) === b.charAt(j - 2) && a.charAt(i - 2) === b.charAt(j - 1);
      const ways = [
        (before[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (before[j - 1] ?? 0) + (isSame ? 0 : 1),
        ...(isSwap ? [(older[j - 2] ?? 0) + 1] : []),
      ];
      row.push(Math.min(...ways));
    }
    older = before;
    before = row;
  }
  return before[b.length] ?? 0;
}
