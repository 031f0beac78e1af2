/** A map as a memory of what was worked out before. */

/** @returns what is known by that key, or what is made now and known from then on; `make` never makes undefined */
export function filed<K, T>(known: Map<K, T>, key: K, make: () => T): T {
  const before = known.get(key);
  if (before !== undefined) return before;
  const made = make();
  known.set(key, made);
  return made;
}
