/** What all of Neutron's collections have in common: filters by any field, fields to be shown, pages, tags. */
import { z } from 'zod';
import { page, withLinks } from './listing.ts';
import { on, Refusal, type Answer, type Call, type Route, type SignedIn } from './web.ts';

const NOT_FILTERS = new Set(['limit', 'marker', 'sort_key', 'sort_dir', 'page_reverse', 'fields', 'fixed_ips']);
const Tags = z.strictObject({ tags: z.array(z.string().max(255)) });

/** Answers a list of things that the caller may see. */
export function list<T extends { readonly id: string }>(
  name: string,
  visible: readonly T[],
  bodyOf: (one: T) => Record<string, unknown>,
  call: Call,
  most: number,
): Answer {
  const found = visible.filter((one) => fits(bodyOf(one), call.query));
  const { items, next } = page(found, call, most, most);
  const shown = items.map((one) => selected(bodyOf(one), call));
  return { status: 200, body: withLinks(name, shown, next) };
}

/** A value that is given twice means either; names that the thing does not have fit nothing. */
function fits(body: Record<string, unknown>, query: URLSearchParams): boolean {
  const names = new Set(query.keys());
  return [...names].every((name) => {
    const values = query.getAll(name);
    if (name === 'fixed_ips') return values.every((value) => fitsAddress(body['fixed_ips'], value));
    if (NOT_FILTERS.has(name)) return true;
    const actual = body[name];
    if (name === 'tags') return values[0]?.split(',').every((tag) => (actual as string[]).includes(tag)) === true; // tags are a list of texts
    if (Array.isArray(actual)) return values.some((value) => actual.includes(value));
    return values.some((value) => String(actual).toLowerCase() === value.toLowerCase());
  });
}

function fitsAddress(fixedIps: unknown, filter: string): boolean {
  const [key = '', value = ''] = filter.split('=');
  return (fixedIps as Record<string, string>[]).some((one) => one[key] === value); // only ports have the field
}

/** Only the fields that the query names; all of them when it names none. */
export function selected(body: Record<string, unknown>, { query }: Call): Record<string, unknown> {
  const fields = query.getAll('fields');
  return fields.length === 0
    ? body
    : Object.fromEntries(Object.entries(body).filter(([name]) => fields.includes(name)));
}

/** @param kind `Port`, `Network`: as it stands in Neutron's refusal */
export function find<T extends { readonly id: string }>(visible: readonly T[], call: Call, kind: string): T {
  const found = visible.find(({ id }) => id === call.param('id'));
  if (found === undefined) throw new Refusal(404, `${kind} ${call.param('id')} could not be found.`, `${kind}NotFound`);
  return found;
}

export function mustMayWrite(who: SignedIn, rule: string): void {
  if (!who.mayWrite) throw new Refusal(403, `rule:${rule} is disallowed by policy`, 'HTTPForbidden');
}

export function tagRoutes<T extends { readonly id: string; tags: string[] }>(
  path: string,
  kind: string,
  visible: (call: Call) => readonly T[],
): Route[] {
  const one = (call: Call): T => {
    if (call.method !== 'GET') mustMayWrite(call.who, 'update_tags');
    return find(visible(call), call, kind);
  };
  return [
    on('GET', `${path}/:id/tags`, (call) => ({ status: 200, body: { tags: one(call).tags } })),
    on('PUT', `${path}/:id/tags`, async (call) => {
      const thing = one(call);
      thing.tags = (await call.json(Tags)).tags;
      return { status: 200, body: { tags: thing.tags } };
    }),
    on('PUT', `${path}/:id/tags/:tag`, (call) => {
      const thing = one(call);
      thing.tags = [...new Set([...thing.tags, call.param('tag')])];
      return { status: 201 };
    }),
    on('DELETE', `${path}/:id/tags`, (call) => {
      one(call).tags = [];
      return { status: 204 };
    }),
  ];
}
