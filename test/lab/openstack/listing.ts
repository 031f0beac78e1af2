/** Lists in pages, as OpenStack's services give them: sorted newest first, `limit` and `marker`, a link to the next page. */
import { Refusal, type Call } from './web.ts';

export interface Page<T> {
  readonly items: readonly T[];
  /** Address of the next page; null on the last. */
  readonly next: string | null;
}

/**
 * The page that the query asks for.
 * @param usual how many a page has when the query does not say; `most` is how many it may have
 */
export function page<T extends { readonly id: string }>(
  all: readonly T[],
  { query, base, path }: Call,
  usual: number,
  most: number,
): Page<T> {
  const asked = query.get('limit');
  if (asked !== null && !/^\d+$/.test(asked)) throw new Refusal(400, 'limit param must be an integer');
  const marker = query.get('marker');
  const from = marker === null ? 0 : all.findIndex(({ id }) => id === marker) + 1;
  if (marker !== null && from === 0) throw new Refusal(400, `marker [${marker}] not found`, 'badRequest');
  const count = Math.min(asked === null ? usual : Number(asked), most);
  const items = all.slice(from, from + count);
  const last = items.at(-1);
  if (last === undefined || from + count >= all.length) return { items, next: null };
  const rest = new URLSearchParams(query);
  rest.set('marker', last.id);
  return { items, next: `${base}${path}?${rest.toString()}` };
}

/** Nova's, Neutron's and Cinder's way to tell of the next page: `servers_links` beside `servers`. */
export function withLinks(name: string, items: readonly unknown[], next: string | null): Record<string, unknown> {
  return { [name]: items, ...(next === null ? {} : { [`${name}_links`]: [{ rel: 'next', href: next }] }) };
}
