/** Pages of a sorted list: a marker names the last thing of a page, so that pages stay right while the list changes. */
import { BadMarkerError } from './errors.ts';

export interface Page<T> {
  readonly page: T[];
  /** The marker of the next page; null on the last. */
  readonly next: string | null;
}

/**
 * @param keyOf tells things apart, and is the same for the same thing tomorrow
 * @throws BadMarkerError when the marker is none; where its thing is gone, the page begins where it would have stood
 */
export function pageOf<T>(
  sorted: readonly T[],
  keyOf: (one: T) => string,
  { limit, marker }: { readonly limit: number; readonly marker?: string | undefined },
): Page<T> {
  const start = marker === undefined ? 0 : startAfter(sorted, keyOf, marker);
  const page = sorted.slice(start, start + limit);
  const last = page.at(-1);
  const isLast = last === undefined || start + limit >= sorted.length;
  return { page, next: isLast ? null : markerOf(keyOf(last), start + limit) };
}

/** The key, and how many things stood up to it, for when it is gone. */
const markerOf = (key: string, position: number): string =>
  Buffer.from(JSON.stringify([key, position])).toString('base64url');

function startAfter<T>(sorted: readonly T[], keyOf: (one: T) => string, marker: string): number {
  const [key, position] = partsOf(marker);
  const at = sorted.findIndex((one) => keyOf(one) === key);
  return at < 0 ? Math.min(position, sorted.length) : at + 1;
}

function partsOf(marker: string): [string, number] {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(marker, 'base64url').toString('utf8'));
  } catch {
    throw new BadMarkerError();
  }
  if (!Array.isArray(value) || value.length !== 2) throw new BadMarkerError();
  const [key, position] = value as unknown[]; // two, by the line above
  if (typeof key !== 'string' || typeof position !== 'number' || !Number.isSafeInteger(position) || position < 0)
    throw new BadMarkerError();
  return [key, position];
}
