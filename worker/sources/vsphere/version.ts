/** Agrees with a server on the version of the vSphere API to speak: the newest that both know. */
import { XMLParser } from 'fast-xml-parser';
import { z } from 'zod';
import { StrangeAnswerError } from '../../net/errors.ts';
import { listOf } from './values.ts';

/** Everything that Guts asks for is in 6.5 and in all versions up to this one. */
const NEWEST_KNOWN = '9.1.0.0';
/** What is spoken to a server that has no list of its versions. */
export const OLDEST_SPOKEN = '6.5';

const Versions = z.object({
  namespaces: z.object({
    namespace: listOf(
      z.object({
        name: z.string(),
        version: z.string(),
        priorVersions: z.preprocess(
          (value) => (value === '' ? {} : value),
          z.object({ version: listOf(z.string()) }).optional(),
        ),
      }),
    ),
  }),
});

/**
 * @param xml the server's `/sdk/vimServiceVersions.xml`
 * @returns such as `8.0.3.0`, for `SOAPAction: "urn:vim25/8.0.3.0"`
 * @throws StrangeAnswerError when it is no such list
 */
export function chooseVersion(xml: string, server: string): string {
  let tree: unknown;
  try {
    tree = new XMLParser({ parseTagValue: false, processEntities: false }).parse(xml);
  } catch {
    tree = null; // said below
  }
  const namespaces = Versions.safeParse(tree).data?.namespaces.namespace ?? [];
  const vim25 = namespaces.find(({ name }) => name === 'urn:vim25');
  if (vim25 === undefined) throw new StrangeAnswerError(`${server} does not say which versions of vSphere it speaks.`);
  const spoken = [vim25.version, ...(vim25.priorVersions?.version ?? [])];
  const known = spoken.filter((version) => /^\d+(\.\d+)*$/.test(version) && compare(version, NEWEST_KNOWN) <= 0);
  return known.sort(compare).at(-1) ?? OLDEST_SPOKEN;
}

/** By number, part by part: 6.7.3 before 6.10. */
export function compare(a: string, b: string): number {
  const [left, right] = [a.split('.').map(Number), b.split('.').map(Number)];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
