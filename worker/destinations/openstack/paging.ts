/** Follows the pages of a list: Nova's, Neutron's and Cinder's links, and Glance's `next`. */
import { z } from 'zod';
import { StrangeCloudAnswerError } from './errors.ts';

const Links = z.array(z.object({ rel: z.string(), href: z.string() })).optional();

type Query = Readonly<Record<string, string>>;
type Page = Record<string, unknown>;

/**
 * Every item of every page.
 * @param key of the list in the answer, such as `servers`
 * @param ask gets one page
 * @throws StrangeCloudAnswerError when pages lead in a circle, and whatever `ask` throws
 */
export async function* pagesOf<T>(
  key: string,
  schema: z.ZodType<T>,
  first: Query,
  ask: (query: Query, schema: z.ZodType<Page>) => Promise<Page>,
): AsyncGenerator<T, void, undefined> {
  const page = z.looseObject({ [key]: z.array(schema), [`${key}_links`]: Links, next: z.string().nullish() });
  const seen = new Set<string>();
  let query: Query | null = first;
  while (query !== null) {
    const answer: Page = await ask(query, page);
    yield* answer[key] as T[]; // `page` has parsed it
    const links = answer[`${key}_links`] as z.infer<typeof Links>;
    const next =
      links?.find(({ rel }) => rel === 'next')?.href ?? (answer['next'] as string | null | undefined) ?? null;
    // Only what it asks is taken from the link: its host is often one that only the cloud itself can reach.
    query = next === null ? null : Object.fromEntries(new URLSearchParams(/\?([^#]*)/.exec(next)?.[1] ?? ''));
    const mark = JSON.stringify(query);
    if (seen.has(mark)) throw new StrangeCloudAnswerError(`The pages of the list of ${key} lead in a circle.`);
    seen.add(mark);
  }
}
