/** How something that will hurt is said: how many it is, then the first of them by name, and how many more. */
import type { Hurt } from '../../main/shared/assessment.ts';

/** Examples that a sentence has. */
export const MOST_NAMED = 5;

/** Nothing where nothing was found. */
export function some<T>(found: readonly T[], says: (count: number) => string, about: (one: T) => string): Hurt[] {
  if (found.length === 0) return [];
  const named = found.slice(0, MOST_NAMED).map(about);
  const more = found.length - named.length;
  return [{ says: says(found.length), about: more > 0 ? [...named, `and ${more} more`] : named }];
}
