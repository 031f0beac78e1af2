/** Which versions a service speaks: asked of itself, compared as numbers, never guessed from its release. */
import { z } from 'zod';
import type { Service } from './catalogue.ts';
import { ConnectionLostError, UnreachableError } from '../../net/errors.ts';
import type { Answer, CloudHttp } from './http.ts';

const Version = z.object({
  id: z.string(),
  status: z.string().optional(),
  /** Newest microversion; empty or left out where a service has none. */
  version: z.string().optional(),
  min_version: z.string().optional(),
});
const Discovery = z.union([
  z.object({ version: Version }).transform(({ version }) => [version]),
  z.object({ versions: z.array(Version) }).transform(({ versions }) => versions),
]);

/** Positive where `a` is newer: 2.100 is newer than 2.93. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => text.split('.').map(Number));
  for (const at of [0, 1]) {
    const difference = (left?.[at] ?? 0) - (right?.[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * The newest version that a service offers below `endpoint`, such as `2.93`; null where it does not tell, as behind some
 * proxies. No token is needed, and none is sent.
 */
export async function newestVersion(
  http: CloudHttp,
  service: Service,
  endpoint: string,
  signal: AbortSignal,
): Promise<string | null> {
  const [, root = '', version = ''] = /^(.*)\/(v\d+(?:\.\d+)?)(?=\/|$)/.exec(endpoint) ?? [];
  const hasMicroversions = service === 'compute' || service === 'volume';
  // Nova tells everybody below its version; some Cinders want a token there, and all tell at the root.
  const places = { compute: [`${root}/${version}/`, `${root}/`], volume: [`${root}/`, `${root}/${version}/`] };
  for (const url of hasMicroversions ? places[service] : [`${root}/`]) {
    const answer = await answerOf(http, url, signal);
    if (answer === null || (answer.status !== 200 && answer.status !== 300)) continue;
    const ours = versionsIn(answer.text).filter(({ id }) => id.startsWith(/^v\d+/.exec(version)?.[0] ?? 'v'));
    const numbers = ours
      .map(({ id, version: micro }) => (hasMicroversions ? (micro ?? '') : id.slice(1)))
      .filter((text) => /^\d+(\.\d+)?$/.test(text));
    const newest = numbers.sort(compareVersions).at(-1);
    if (newest !== undefined) return newest;
  }
  return null;
}

/** Null where nobody answers now: whoever needs the service is told when they ask it. */
async function answerOf(http: CloudHttp, url: string, signal: AbortSignal): Promise<Answer | null> {
  try {
    return await http.ask({ method: 'GET', url, headers: {} }, signal);
  } catch (error) {
    if (error instanceof UnreachableError || error instanceof ConnectionLostError) return null;
    throw error;
  }
}

function versionsIn(text: string): readonly z.infer<typeof Version>[] {
  try {
    return Discovery.safeParse(JSON.parse(text)).data ?? [];
  } catch {
    return []; // HTML of something in between
  }
}
