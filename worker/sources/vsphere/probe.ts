/** Tries a connection to a vSphere server, for an operator who is just setting it up. */
import { z } from 'zod';
import type { SourceSignIn } from '../../../main/shared/connections.ts';
import type { SourceTestResult } from '../../../main/shared/move-jobs.ts';
import { VsphereError } from './errors.ts';
import { allPrivileges, missingOn, NEEDED_FOR } from './privileges.ts';
import { VsphereSession } from './session.ts';
import { listOf } from './values.ts';
import { compare } from './version.ts';

/** Older servers may work; nobody has tried. */
export const OLDEST_SUPPORTED = '6.7';

const Licences = listOf(z.object({ name: z.string().nullish(), editionKey: z.string().nullish() }));

/** Signs in, looks around, signs out. @throws GutsError when that does not work */
export async function testVsphere(signIn: SourceSignIn, signal: AbortSignal): Promise<SourceTestResult> {
  await using session = await VsphereSession.open(signIn, signal);
  const { about } = session;
  const missing = await missingOn(session, session.content.rootFolder, allPrivileges, signal);
  const warnings = [
    compare(session.content.about.apiVersion, OLDEST_SUPPORTED) < 0
      ? `${about.product} ${about.version} is older than ${OLDEST_SUPPORTED}, the oldest that Guts is made for.`
      : [],
    missing === null
      ? 'What the user may do could not be found out; a migration tells when a privilege is missing.'
      : [],
    (await hasFreeLicence(session, signal))
      ? 'This host has the free licence: it can be looked at, but vSphere refuses to export or change its machines.'
      : [],
  ].flat();
  return {
    about,
    missingPrivileges: (missing ?? []).map((privilege) => ({ privilege, neededFor: NEEDED_FOR[privilege] })),
    warnings,
  };
}

export async function hasFreeLicence(session: VsphereSession, signal: AbortSignal): Promise<boolean> {
  const manager = session.content.licenseManager;
  if (session.about.kind !== 'esxi' || manager === undefined) return false;
  try {
    const found = Licences.safeParse((await session.properties(manager, ['licenses'], signal)).get('licenses'));
    return (found.data ?? []).some(
      ({ name, editionKey }) =>
        editionKey?.startsWith('esxBasic') === true || /vSphere \d+ Hypervisor/.test(name ?? ''),
    );
  } catch (error) {
    if (error instanceof VsphereError) return false; // then it is told by the first call that is refused
    throw error;
  }
}
