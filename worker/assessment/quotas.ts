/** What the machines need of a project, held against what it may have where a cloud was asked. */
import type { AssessedMachine, AssessedFlavor, QuotaDemand } from '../../main/shared/assessment.ts';
import type { CloudFacts, Quota } from '../../main/shared/cloud.ts';

type Counted = Pick<AssessedMachine, 'flavor' | 'cards' | 'volumes'>;

export function judgeQuotas(
  machines: readonly Counted[],
  flavors: readonly AssessedFlavor[],
  cloud: Pick<CloudFacts, 'quotas' | 'typeQuotas'> | null,
): QuotaDemand[] {
  const needs = { instances: 0, cores: 0, memoryMiB: 0, ports: 0, floatingIps: 0, volumes: 0, volumeGiB: 0 };
  const ofType = new Map<string, { volumes: number; volumeGiB: number }>();
  for (const { flavor, cards, volumes } of machines) {
    const size = flavor === null ? undefined : flavors[flavor];
    needs.instances += 1;
    needs.cores += size?.vcpus ?? 0;
    needs.memoryMiB += size?.memoryMiB ?? 0;
    needs.ports += cards;
    for (const { type, volumes: count, gib } of volumes) {
      needs.volumes += count;
      needs.volumeGiB += gib;
      if (type === null) continue;
      const sum = ofType.get(type) ?? { volumes: 0, volumeGiB: 0 };
      ofType.set(type, { volumes: sum.volumes + count, volumeGiB: sum.volumeGiB + gib });
    }
  }
  const names = Object.keys(needs) as (keyof typeof needs)[]; // its own keys
  const whole = names.map((of) => demand(of, null, needs[of], cloud?.quotas[of] ?? null));
  const single = [...ofType].flatMap(([type, sum]) => {
    const quotas = cloud?.typeQuotas?.[type];
    return quotas === undefined
      ? []
      : (['volumes', 'volumeGiB'] as const).map((of) => demand(of, type, sum[of], quotas[of]));
  });
  return [...whole, ...single];
}

function demand(of: QuotaDemand['of'], type: string | null, needs: number, found: Quota | null): QuotaDemand {
  const limit = found === null || found.limit === null || found.limit < 0 ? null : found.limit;
  const over = limit === null || needs === 0 ? 0 : Math.max(0, (found?.used ?? 0) + needs - limit);
  return { of, type, needs, quota: found === null ? null : { limit, used: found.used }, over };
}
