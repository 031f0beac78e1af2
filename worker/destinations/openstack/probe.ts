/** Tries a connection to a cloud: signs in, has every service take the token, and says what an operator should know. */
import { z } from 'zod';
import type { DestinationSignIn } from '../../../main/shared/connections.ts';
import type { DestinationTestResult } from '../../../main/shared/move-jobs.ts';
import { all, ifAllowed } from './allowed.ts';
import { CloudSession, type Service } from './cloud-session.ts';
import type { Clock } from './patience.ts';
import { compareVersions } from './versions.ts';

const Project = z.object({ id: z.string(), name: z.string(), enabled: z.boolean().default(true) });
/** Small questions that every project's user may ask. */
export const PROOF: readonly (readonly [Exclude<Service, 'identity'>, string, Readonly<Record<string, string>>])[] = [
  ['compute', '/limits', {}],
  ['image', '/images', { limit: '1' }],
  ['network', '/networks', { limit: '1' }],
  ['volume', '/limits', {}],
];
/** Nova's of the release Zed (2022.2), the oldest that Guts is tried with. */
export const OLDEST_COMPUTE = '2.93';
const SHORT_LIFE_SECONDS = 2 * 3600;

/** @throws GutsError that says why the connection is of no use */
export async function testOpenstack(
  signIn: DestinationSignIn,
  signal: AbortSignal,
  clock?: Clock,
): Promise<DestinationTestResult> {
  await using session = await CloudSession.open(signIn, signal, clock);
  const needed = PROOF.filter(([service]) => service !== 'volume' || session.has('volume'));
  const [projects] = await Promise.all([
    ifAllowed(all(session.list('identity', '/auth/projects', 'projects', Project, signal)), []),
    ...needed.map(([service, path, query]) =>
      ifAllowed(session.request(service, 'GET', path, { schema: z.looseObject({}), query, signal }), {}),
    ),
  ]);
  return {
    about: session.about,
    projects: projects.filter(({ enabled }) => enabled).map(({ id, name }) => ({ id, name })),
    warnings: warningsOf(session, signIn),
  };
}

function warningsOf(session: CloudSession, { connection }: DestinationSignIn): string[] {
  const warnings: string[] = [];
  const compute = session.about.versions['compute'];
  if (!session.has('volume'))
    warnings.push('The cloud has no volume service: machines boot from images, and can have one disk each.');
  if (compute === undefined) warnings.push('Nova does not tell which microversions it speaks.');
  else if (compareVersions(compute, OLDEST_COMPUTE) < 0)
    warnings.push(
      `Nova speaks ${compute}: the cloud is older than the release Zed, the oldest that Guts is tried with.`,
    );
  const plain = (['identity', 'compute', 'image', 'network', 'volume'] as const).filter(
    (service) => session.has(service) && session.endpoint(service).startsWith('http:'),
  );
  if (plain.length > 0)
    warnings.push(`Passwords, tokens and disks travel unencrypted: ${plain.join(', ')} without TLS (http).`);
  if (connection.auth.method === 'token')
    warnings.push(
      session.secondsLeft < SHORT_LIFE_SECONDS
        ? `The token ends in ${Math.round(session.secondsLeft / 60)} minutes, and cannot be renewed.`
        : 'A token cannot be renewed: what is under way when it ends is broken off.',
    );
  return warnings;
}
