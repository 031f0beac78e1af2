/** Which rows are chosen, by their keys, and from where a range begins. */

export interface Chosen {
  readonly keys: ReadonlySet<string>;
  readonly anchor: string | null;
}

export const chosenNone: Chosen = { keys: new Set(), anchor: null };

export const chosenOnly = (key: string): Chosen => ({ keys: new Set([key]), anchor: key });

export function chosenToo({ keys }: Chosen, key: string): Chosen {
  const next = new Set(keys);
  if (!next.delete(key)) next.add(key);
  return { keys: next, anchor: key };
}

/** From the anchor to this one, in the order that is shown. @param isMore keeps what was chosen before */
export function chosenUpTo({ keys, anchor }: Chosen, key: string, shown: readonly string[], isMore: boolean): Chosen {
  const to = shown.indexOf(key);
  const from = anchor === null ? -1 : shown.indexOf(anchor);
  if (from < 0) return { keys: new Set([...(isMore ? keys : []), key]), anchor: key };
  const range = shown.slice(Math.min(from, to), Math.max(from, to) + 1);
  return { keys: new Set([...(isMore ? keys : []), ...range]), anchor };
}

/** All that is shown, beside what is chosen already. */
export const chosenAll = ({ keys, anchor }: Chosen, shown: readonly string[]): Chosen => ({
  keys: new Set([...keys, ...shown]),
  anchor,
});

export function chosenWithout({ keys, anchor }: Chosen, shown: readonly string[]): Chosen {
  const next = new Set(keys);
  for (const key of shown) next.delete(key);
  return { keys: next, anchor };
}
