/** What a project's servers may take of the cloud, and what they take. */
import type { Cloud } from './cloud.ts';
import { Refusal } from './web.ts';
import type { LabFlavor } from './words.ts';

/** @throws Refusal 403 in Nova's words */
export function mustHaveQuota(cloud: Cloud, projectId: string, flavor: LabFlavor): void {
  const used = usedBy(cloud, projectId);
  const wanted = [
    { name: 'cores', asked: flavor.vcpus, used: used.cores, limit: cloud.quotas.cores },
    { name: 'instances', asked: 1, used: used.instances, limit: cloud.quotas.instances },
    { name: 'ram', asked: flavor.ram, used: used.ramMiB, limit: cloud.quotas.ramMiB },
  ];
  const over = wanted.filter((one) => one.limit >= 0 && one.used + one.asked > one.limit);
  if (over.length === 0) return;
  const list = (pick: (one: (typeof wanted)[number]) => string | number): string => over.map(pick).join(', ');
  const names = list(({ name }) => name);
  throw new Refusal(
    403,
    `Quota exceeded for ${names}: Requested ${list((one) => one.asked)}, but already used ${list((one) => one.used)} of ${list((one) => one.limit)} ${names}`,
  );
}

/** What the project's servers take of its quotas. */
export function usedBy(cloud: Cloud, projectId: string): { instances: number; cores: number; ramMiB: number } {
  const servers = [...cloud.servers.values()].filter((server) => server.projectId === projectId);
  return {
    instances: servers.length,
    cores: servers.reduce((sum, { flavor }) => sum + flavor.vcpus, 0),
    ramMiB: servers.reduce((sum, { flavor }) => sum + flavor.ram, 0),
  };
}

export const mostMembersOf = ({ quotas: { groupMembers = 10 } }: Cloud): number => groupMembers;

/** @throws Refusal where the server group has as many members as it may have */
export function mustHaveRoom(cloud: Cloud, group: string | undefined): void {
  const members = [...cloud.servers.values()].filter(({ serverGroupId }) => serverGroupId === group).length;
  if (group === undefined || mostMembersOf(cloud) < 0 || members < mostMembersOf(cloud)) return;
  throw new Refusal(403, 'Quota exceeded, too many servers in group');
}
