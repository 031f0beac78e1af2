/** OST-13: a quota that is too small for the machine. */
import type { Quota } from '../../../main/shared/cloud.ts';
import { type MoveFacts, volumesOf } from '../move-facts.ts';
import type { Rule } from '../rule.ts';

export const quotaTooSmall: Rule<MoveFacts> = {
  id: 'OST-13',
  group: 'cloud',
  severity: 'blocks',
  finds: overQuota,
  says: 'The project’s quota is too small for this migration.',
  remedy: 'Have the quota raised, or remove what is not needed any more.',
  manual:
    'The project’s quota leaves too little of what is named: servers, cores, memory, ports, floating addresses, volumes, GiB of volumes, and both again of the volume type. Cores and memory are counted as the chosen flavor has them, as Nova does. What Guts cannot see it does not count.',
};

function overQuota(facts: MoveFacts): string[] {
  const { cloud, options, ports } = facts;
  const { quotas } = cloud;
  const size = sizeOf(facts);
  const volumes = volumesOf(facts);
  const volumeGiB = volumes.reduce((sum, { sizeGiB }) => sum + sizeGiB, 0);
  const type = options.volumeType ?? cloud.volumeTypes.find(({ isDefault }) => isDefault)?.name ?? '';
  const ofType = cloud.typeQuotas?.[type];
  const needs: readonly (readonly [string, Quota, number])[] = [
    ['servers', quotas.instances, 1],
    ['cores', quotas.cores, size.vcpus],
    ['MiB of memory', quotas.memoryMiB, size.memoryMiB],
    ['ports', quotas.ports, ports.ports.length],
    ['floating addresses', quotas.floatingIps, options.floatingNetwork === null ? 0 : 1],
    ['volumes', quotas.volumes, volumes.length],
    ['GiB of volumes', quotas.volumeGiB, volumeGiB],
    [`volumes of the type “${type}”`, ofType?.volumes ?? NO_QUOTA, volumes.length],
    [`GiB of volumes of the type “${type}”`, ofType?.volumeGiB ?? NO_QUOTA, volumeGiB],
  ];
  return needs
    .filter(([, { limit, used }, need]) => need > 0 && limit !== null && limit >= 0 && used + need > limit)
    .map(([what, { limit, used }, need]) => `${what}: ${need} needed, ${used} of ${limit ?? 0} used`);
}

const NO_QUOTA: Quota = { limit: null, used: 0 };

/** Nova counts the flavor, not the machine: of one that is made to measure, and where there is none, the machine’s own size. */
function sizeOf({ vm, cloud, flavor }: MoveFacts): { readonly vcpus: number; readonly memoryMiB: number } {
  const id = flavor.found ? flavor.flavor.value.id : null;
  const chosen = cloud.flavors.find((one) => one.id === id);
  return chosen ?? { vcpus: vm.cpus, memoryMiB: Math.ceil(vm.memoryBytes / 2 ** 20) };
}
