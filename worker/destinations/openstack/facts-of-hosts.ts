/** What the hosts of a cloud say that they can do, as Placement tells administrators. */
import { z } from 'zod';
import type { CloudFacts } from '../../../main/shared/cloud.ts';
import { GutsError } from '../../../main/shared/errors.ts';
import type { CloudSession } from './cloud-session.ts';

const Traits = z.object({ traits: z.array(z.string()) });
/** From here on traits can be asked for. */
const WITH_TRAITS = '1.6';
/** Nothing that a move needs is behind it: it is not waited for, as other services are. */
const PATIENCE_MS = 10_000;

export async function hostFacts(session: CloudSession, signal: AbortSignal): Promise<Pick<CloudFacts, 'hostTraits'>> {
  if (!session.about.roles.includes('admin') || !session.has('placement')) return {};
  const late = AbortSignal.timeout(PATIENCE_MS);
  try {
    const { traits } = await session.request('placement', 'GET', '/traits', {
      schema: Traits,
      query: { associated: 'true' },
      microversion: WITH_TRAITS,
      signal: AbortSignal.any([signal, late]),
    });
    return { hostTraits: traits };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof GutsError || late.aborted) return {};
    throw error;
  }
}
