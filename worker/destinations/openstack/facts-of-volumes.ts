/** What Cinder has for a machine's disks: volume types, its quotas, what its storage has; nothing where a cloud has no volumes. */
import { z } from 'zod';
import type { CloudFacts, Quota } from '../../../main/shared/cloud.ts';
import { all, ifAllowed, quota } from './allowed.ts';
import type { CloudSession } from './cloud-session.ts';

type VolumeFacts = Pick<CloudFacts, 'volumeTypes' | 'hasVolumes' | 'typeQuotas' | 'mostVolumeGiB' | 'pools'>;
type VolumeQuotas = Pick<CloudFacts['quotas'], 'volumes' | 'volumeGiB'>;

const VolumeType = z.object({
  id: z.string(),
  name: z.string(),
  /** Ordinary users are shown few of them, or none. */
  extra_specs: z.record(z.string(), z.string()).nullish(),
});
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
const Usage = z.object({ limit: z.number(), in_use: z.number(), reserved: z.number().default(0) });
/** `volumes`, `gigabytes`, and both again for each type; beside them the project's id. */
const QuotaSet = z.object({ quota_set: z.record(z.string(), z.union([Usage, z.unknown()])) });
const Pools = z.object({
  pools: z.array(
    z.object({
      name: z.string(),
      capabilities: z.object({
        volume_backend_name: z.string().nullish(),
        /** A number, or `unknown` or `infinite`. */
        total_capacity_gb: z.union([z.number(), z.string()]).nullish(),
        free_capacity_gb: z.union([z.number(), z.string()]).nullish(),
      }),
    }),
  ),
});
const NO_QUOTA = { limit: null, used: 0 };

export async function volumeFacts(
  session: CloudSession,
  signal: AbortSignal,
): Promise<{ readonly facts: VolumeFacts; readonly quotas: VolumeQuotas }> {
  if (!session.has('volume'))
    return { facts: { volumeTypes: [], hasVolumes: false }, quotas: { volumes: NO_QUOTA, volumeGiB: NO_QUOTA } };
  const get = <T>(path: string, schema: z.ZodType<T>, query = {}): Promise<T> =>
    session.request('volume', 'GET', path, { schema, signal, query });
  const ofProject = `/os-quota-sets/${encodeURIComponent(session.about.project.id)}`;

  const [types, usual, limits, sets, pools] = await Promise.all([
    ifAllowed(all(session.list('volume', '/types', 'volume_types', VolumeType, signal)), []),
    ifAllowed(get('/types/default', DefaultType), { volume_type: { name: null } }),
    ifAllowed(get('/limits', Limits), { limits: { absolute: {} } }),
    ifAllowed(get(ofProject, QuotaSet, { usage: 'True' }), null),
    ifAllowed(get('/scheduler-stats/get_pools', Pools, { detail: 'true' }), null),
  ]);
  const { absolute } = limits.limits;
  return {
    facts: {
      hasVolumes: true,
      volumeTypes: types.map((type) => typeOf(type, usual.volume_type.name)),
      ...(sets === null ? {} : quotasByType(sets.quota_set, types)),
      ...(pools === null ? {} : { pools: pools.pools.map(poolOf) }),
    },
    quotas: {
      volumes: quota(absolute.maxTotalVolumes, absolute.totalVolumesUsed),
      volumeGiB: quota(absolute.maxTotalVolumeGigabytes, absolute.totalGigabytesUsed),
    },
  };
}

function typeOf(
  { name, extra_specs: specs }: z.infer<typeof VolumeType>,
  usual: string | null,
): CloudFacts['volumeTypes'][number] {
  const backend = specs?.['volume_backend_name'];
  const multiattach = specs?.['multiattach'];
  return {
    name,
    isDefault: name === usual,
    ...(multiattach === undefined ? {} : { isMultiattach: /true/i.test(multiattach) }),
    ...(backend === undefined ? {} : { backend }),
  };
}

function quotasByType(
  set: z.infer<typeof QuotaSet>['quota_set'],
  types: readonly { readonly name: string }[],
): Pick<VolumeFacts, 'typeQuotas' | 'mostVolumeGiB'> {
  const of = (name: string): Quota => {
    const usage = Usage.safeParse(set[name]);
    return usage.success ? quota(usage.data.limit, usage.data.in_use + usage.data.reserved) : NO_QUOTA;
  };
  const entries = types.map(({ name }) => [
    name,
    { volumes: of(`volumes_${name}`), volumeGiB: of(`gigabytes_${name}`) },
  ]);
  return {
    typeQuotas: Object.fromEntries(entries) as VolumeFacts['typeQuotas'], // of pairs of that shape
    mostVolumeGiB: of('per_volume_gigabytes').limit,
  };
}

function poolOf({
  name,
  capabilities,
}: z.infer<typeof Pools>['pools'][number]): NonNullable<VolumeFacts['pools']>[number] {
  const { volume_backend_name: backend, total_capacity_gb: total, free_capacity_gb: free } = capabilities;
  return { name, backend: backend ?? null, totalGiB: gibOf(total), freeGiB: gibOf(free) };
}

/** Null for `unknown` and `infinite`, also as the numbers that stand for those. */
function gibOf(told: number | string | null | undefined): number | null {
  const value = told === null || told === undefined || told === '' ? Number.NaN : Number(told);
  return Number.isFinite(value) && value >= 0 ? value : null;
}
