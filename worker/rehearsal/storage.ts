/** Holds the volumes that a wave makes against what the storage behind them has. */
import type { CloudFacts } from '../../main/shared/cloud.ts';
import type { RehearsedStorage } from '../../main/shared/rehearsal.ts';
import type { Demand, DemandedVolume } from './demand.ts';

/** Null where this user may not see it. Back ends on which the wave puts nothing are left out. */
export function storageLines(demands: readonly Demand[], cloud: CloudFacts): RehearsedStorage[] | null {
  const { pools, volumeTypes } = cloud;
  if (pools === undefined) return null;
  const backends = new Set(pools.map(({ backend }) => backend));
  const backendOf = ({ type }: DemandedVolume): string | null => {
    const named = volumeTypes.find(({ name }) => name === type)?.backend ?? null;
    const [only] = backends;
    return named ?? (backends.size === 1 ? (only ?? null) : null);
  };
  const wanted = new Map<string | null, { types: Set<string>; needsGiB: number; earlierGiB: number }>();
  for (const { volumes, isEarlier } of demands)
    for (const volume of volumes) {
      const backend = backendOf(volume);
      const own = wanted.get(backend) ?? { types: new Set(), needsGiB: 0, earlierGiB: 0 };
      wanted.set(backend, own);
      if (volume.type !== null) own.types.add(volume.type);
      own[isEarlier ? 'earlierGiB' : 'needsGiB'] += volume.sizeGiB;
    }
  return [...wanted].flatMap(([backend, { types, needsGiB, earlierGiB }]) => {
    // A type that names no back end may lie on any of them.
    const own = backend === null ? pools : pools.filter((pool) => pool.backend === backend);
    if (needsGiB === 0 || own.length === 0) return [];
    const free = own.map(({ freeGiB }) => freeGiB);
    const known = free.filter((one) => one !== null);
    const freeGiB = known.length < free.length ? null : rounded(known.reduce((sum, one) => sum + one, 0));
    return [
      {
        backend,
        pools: own.map(({ name }) => name),
        volumeTypes: [...types].sort(),
        needsGiB,
        earlierGiB,
        freeGiB,
        mostFreeGiB: freeGiB === null ? null : rounded(Math.max(...known)),
        shortGiB: freeGiB === null ? 0 : Math.max(0, Math.ceil(needsGiB + earlierGiB - freeGiB)),
      },
    ];
  });
}

/** Storage says its room with many digits. */
const rounded = (gib: number): number => Math.floor(gib * 10) / 10;
