/** A map as a memory of what was worked out before. */

interface Memory<K, T> {
  get(key: K): T | undefined;
  set(key: K, value: T): unknown;
}

/** @returns what is known by that key, or what is made now and known from then on; `make` never makes undefined */
export function filed<K, T>(known: Memory<K, T>, key: K, make: () => T): T {
  const before = known.get(key);
  if (before !== undefined) return before;
  const made = make();
  known.set(key, made);
  return made;
}
