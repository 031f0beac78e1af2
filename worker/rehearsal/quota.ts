/** Holds what a wave makes against the project's quotas, those of single volume types among them. */
import type { CloudFacts, Quota } from '../../main/shared/cloud.ts';
import { Countable, type RehearsedFlavor, type RehearsedQuota } from '../../main/shared/rehearsal.ts';
import type { Demand } from './demand.ts';

export function quotaLines(demands: readonly Demand[], cloud: CloudFacts): RehearsedQuota[] {
  const all = Countable.options.map((of) =>
    lineOf({ of, volumeType: null }, cloud.quotas[of], demands, ({ counts }) => counts[of]),
  );
  const types = Object.entries(cloud.typeQuotas ?? {}).flatMap(([type, quotas]) =>
    (['volumes', 'volumeGiB'] as const).map((of) =>
      lineOf({ of, volumeType: type }, quotas[of], demands, ({ volumes }) =>
        volumes
          .filter((volume) => volume.type === type)
          .reduce((sum, { sizeGiB }) => sum + (of === 'volumes' ? 1 : sizeGiB), 0),
      ),
    ),
  );
  // Of a type without a limit of its own, or of which the wave makes nothing, there is nothing to say.
  return [...all, ...types.filter(({ limit, needs, earlier }) => limit !== null && needs + earlier > 0)];
}

function lineOf(
  what: Pick<RehearsedQuota, 'of' | 'volumeType'>,
  { limit, used }: Quota,
  demands: readonly Demand[],
  countOf: (demand: Demand) => number,
): RehearsedQuota {
  const sum = (isEarlier: boolean): number =>
    demands.filter((one) => one.isEarlier === isEarlier).reduce((all, one) => all + countOf(one), 0);
  const [needs, earlier] = [sum(false), sum(true)];
  const isBounded = limit !== null && limit >= 0;
  const over = isBounded && needs > 0 ? Math.max(0, used + earlier + needs - limit) : 0;
  return { ...what, limit: isBounded ? limit : null, used, needs, earlier, over };
}

/** Of the wave itself, those that lack one first. */
export function flavorLines(demands: readonly Demand[]): RehearsedFlavor[] {
  const found = new Map<string, RehearsedFlavor>();
  for (const { name, flavor, isEarlier } of demands) {
    if (isEarlier) continue;
    const key = JSON.stringify([
      flavor.state,
      flavor.isChosen,
      flavor.name,
      flavor.vcpus,
      flavor.memoryMiB,
      flavor.diskGiB,
    ]);
    const before = found.get(key);
    found.set(key, { ...(before ?? flavor), machines: [...(before?.machines ?? []), name] });
  }
  const order = ['missing', 'made', 'there'];
  return [...found.values()].sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
}

/** Volumes that are larger than the project may have a single one. */
export function tooLarge(demands: readonly Demand[], { mostVolumeGiB = null }: CloudFacts): string[] {
  if (mostVolumeGiB === null) return [];
  return demands
    .filter(({ isEarlier }) => !isEarlier)
    .flatMap(({ name, volumes }) =>
      volumes
        .filter(({ sizeGiB }) => sizeGiB > mostVolumeGiB)
        .map(({ label, sizeGiB }) => `${name}, ${label}: ${sizeGiB} GiB, and ${mostVolumeGiB} GiB are allowed`),
    );
}

/** Server groups that may not have as many servers as the wave, and what goes before it, puts into them. */
export function fullGroups(
  demands: readonly Demand[],
  { serverGroups, mostGroupMembers = null }: Pick<CloudFacts, 'serverGroups' | 'mostGroupMembers'>,
): string[] {
  if (mostGroupMembers === null) return [];
  return serverGroups.flatMap(({ id, name, members = 0 }) => {
    const into = demands.filter(({ looked, counts }) => {
      const { serverGroup } = looked.machine.options;
      return counts.instances > 0 && (serverGroup === id || serverGroup === name);
    });
    const earlier = into.filter(({ isEarlier }) => isEarlier).length;
    const needs = into.length - earlier;
    const before = earlier === 0 ? '' : ` and ${earlier} of earlier waves`;
    return needs === 0 || members + into.length <= mostGroupMembers
      ? []
      : [`“${name}”: ${needs} servers${before}, ${members} of ${mostGroupMembers} are in it`];
  });
}
