/** Everything that a machine can be mapped to in a cloud, and how much of it is left: asked of all services side by side. */
import type { CloudFacts } from '../../../main/shared/cloud.ts';
import type { CloudSession } from './cloud-session.ts';
import { computeFacts } from './facts-of-compute.ts';
import { hostFacts } from './facts-of-hosts.ts';
import { imageFacts } from './facts-of-images.ts';
import { networkFacts } from './facts-of-networks.ts';
import { volumeFacts } from './facts-of-volumes.ts';
import { movedServerFacts } from './moved-servers.ts';

/**
 * What a policy forbids is left out: an empty list, or a quota without limit.
 * @throws GutsError when a service that the catalogue names cannot be asked
 */
export async function cloudFacts(session: CloudSession, signal: AbortSignal): Promise<CloudFacts> {
  const failed = new AbortController();
  const stop = AbortSignal.any([signal, failed.signal]);
  try {
    const [compute, network, volume, image, hosts, moved] = await Promise.all([
      computeFacts(session, stop),
      networkFacts(session, stop),
      volumeFacts(session, stop),
      imageFacts(session, stop),
      hostFacts(session, stop),
      movedServerFacts(session, stop),
    ]);
    return {
      project: session.about.project,
      ...compute.facts,
      ...network.facts,
      ...volume.facts,
      ...image,
      ...hosts,
      ...moved,
      quotas: { ...compute.quotas, ...network.quotas, ...volume.quotas },
    };
  } catch (error) {
    failed.abort(error); // nobody waits for the rest
    throw error;
  }
}
