/** VM-15: a machine that Guts has moved already. */
import type { MovedServer } from '../../../main/shared/cloud.ts';
import { type InventoryVm, kindOf } from '../../../main/shared/inventory.ts';
import type { MoveFacts } from '../move-facts.ts';
import type { Rule } from '../rule.ts';

export const movedAlready: Rule<MoveFacts> = {
  id: 'VM-15',
  group: 'machine',
  severity: 'informs',
  isBeside: ({ cloud }) =>
    cloud.movedServers === undefined ? 'the cloud does not tell which servers Guts finished' : null,
  finds: ({ cloud, vm, migrationTag }) =>
    (cloud.movedServers ?? [])
      .filter((server) => server.migrationTag === null || server.migrationTag !== migrationTag)
      .filter((server) => isOf(server, vm))
      .map(({ id, name, ...times }) => `“${name}” (${id})${whenOf(times)}`),
  says: 'Guts has moved this machine into this project already.',
  remedy: 'Look whether that server is in use before you move the machine once more; remove the one that nobody needs.',
  manual:
    'A server of the project says that a migration finished it, and that it was this machine. It is known by the id that the hypervisor gave the machine, whatever either is called now; servers of earlier versions of Guts by BIOS id, reference and name. A migration that is under way, or was broken off, is none of them.',
};

/** An id that only one machine has decides alone; what copies of a machine may share needs the same name or reference besides. */
function isOf({ machine }: MovedServer, vm: InventoryVm): boolean {
  if (machine.kind !== null && machine.kind !== kindOf(vm)) return false;
  const isSameInstance = areSame(machine.instanceUuid, vm.instanceUuid);
  if (isSameInstance !== null) return isSameInstance;
  const hasName = machine.name === vm.name;
  const hasRef = machine.ref === vm.ref;
  const isSameBios = areSame(machine.biosUuid, vm.biosUuid);
  return isSameBios === null ? hasName && hasRef : isSameBios && (hasName || hasRef);
}

/** Null where one of them is not known. */
const areSame = (a: string | null, b: string | null): boolean | null =>
  a === null || b === null ? null : a.toLowerCase() === b.toLowerCase();

function whenOf({ finishedAt, createdAt }: Pick<MovedServer, 'finishedAt' | 'createdAt'>): string {
  const at = finishedAt ?? createdAt;
  return at === null ? '' : `, ${finishedAt === null ? 'made' : 'finished'} ${at.slice(0, 16).replace('T', ' ')} UTC`;
}
