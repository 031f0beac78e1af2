/** What Cinder has for a machine's disks: volume types and its quota; nothing where a cloud has no volumes. */
import { z } from 'zod';
import type { CloudFacts } from '../../../main/shared/cloud.ts';
import { all, ifAllowed, quota } from './allowed.ts';
import type { CloudSession } from './cloud-session.ts';

type VolumeFacts = Pick<CloudFacts, 'volumeTypes' | 'hasVolumes'>;
type VolumeQuotas = Pick<CloudFacts['quotas'], 'volumes' | 'volumeGiB'>;

const VolumeType = z.object({ id: z.string(), name: z.string() });
const DefaultType = z.object({ volume_type: z.object({ name: z.string().nullable() }) });
const Limits = z.object({
  limits: z.object({
    absolute: z.object({
      maxTotalVolumes: z.number().optional(),
      totalVolumesUsed: z.number().optional(),
      maxTotalVolumeGigabytes: z.number().optional(),
      totalGigabytesUsed: z.number().optional(),
    }),
  }),
});
const NO_QUOTA = { limit: null, used: 0 };

export async function volumeFacts(
  session: CloudSession,
  signal: AbortSignal,
): Promise<{ readonly facts: VolumeFacts; readonly quotas: VolumeQuotas }> {
  if (!session.has('volume'))
    return { facts: { volumeTypes: [], hasVolumes: false }, quotas: { volumes: NO_QUOTA, volumeGiB: NO_QUOTA } };
  const get = <T>(path: string, schema: z.ZodType<T>): Promise<T> =>
    session.request('volume', 'GET', path, { schema, signal });

  const [types, usual, limits] = await Promise.all([
    ifAllowed(all(session.list('volume', '/types', 'volume_types', VolumeType, signal)), []),
    ifAllowed(get('/types/default', DefaultType), { volume_type: { name: null } }),
    ifAllowed(get('/limits', Limits), { limits: { absolute: {} } }),
  ]);
  const { absolute } = limits.limits;
  return {
    facts: {
      hasVolumes: true,
      volumeTypes: types.map(({ name }) => ({ name, isDefault: name === usual.volume_type.name })),
    },
    quotas: {
      volumes: quota(absolute.maxTotalVolumes, absolute.totalVolumesUsed),
      volumeGiB: quota(absolute.maxTotalVolumeGigabytes, absolute.totalGigabytesUsed),
    },
  };
}
