/** What will hurt since nobody has looked after it: an export of long ago, guests whose tools do not run, snapshots that were left behind. */
import type { Hurt } from '../../main/shared/assessment.ts';
import { things } from '../../main/shared/figures.ts';
import type { Estate } from '../../main/shared/estate.ts';
import type { InventoryVm } from '../../main/shared/inventory.ts';
import { some } from './hurt-words.ts';

const DAY_MS = 86_400_000;
const OLD_DAYS = 30;

/** Machines come, grow and go: what is planned by an old export is planned for a data centre of then. */
export function oldExport({ kind, takenAt }: Pick<Estate, 'kind' | 'takenAt'>, madeAt: Date): Hurt[] {
  if (kind === 'inventory' || takenAt === null) return [];
  const days = Math.floor((madeAt.getTime() - Date.parse(takenAt)) / DAY_MS);
  if (days < OLD_DAYS) return [];
  return [
    { says: `The export is ${days} days old: export anew before you plan by this`, about: [takenAt.slice(0, 10)] },
  ];
}

/** A guest that is off says nothing of tools that do not run; that there are none is told all the same. */
export function silentGuests(vms: readonly InventoryVm[]): Hurt[] {
  const silent = vms.filter(
    ({ power, guest: { tools } }) => tools === 'missing' || (tools === 'stopped' && power === 'on'),
  );
  return some(
    silent,
    (count) =>
      `${things(count, 'guest')} ${count === 1 ? 'has' : 'have'} no tools that run (VMware Tools, integration services): ` +
      'nobody can ask for a shutdown, and addresses are not told, or those of before',
    ({ name, power, guest }) =>
      `${name}: ${guest.tools === 'missing' ? 'not installed' : 'installed, do not run'}${power === 'on' ? '' : ', the machine is off'}`,
  );
}

/** @param asOf when it was like this: an export may be older than today */
export function snapshots(vms: readonly InventoryVm[], asOf: Date): Hurt[] {
  const isOld = (moment: string): boolean => asOf.getTime() - Date.parse(moment) > OLD_DAYS * DAY_MS;
  const found = vms
    .filter((vm) => vm.snapshots.length > 0)
    .map(({ name, snapshots: all }) => {
      const oldest = all.reduce(
        (first, { createdAt }) => (createdAt < first ? createdAt : first),
        all[0]?.createdAt ?? '',
      );
      return { name, count: all.length, oldest };
    })
    .sort((a, b) => b.count - a.count || a.oldest.localeCompare(b.oldest));
  const all = found.reduce((sum, { count }) => sum + count, 0);
  const old = vms.reduce((sum, vm) => sum + vm.snapshots.filter(({ createdAt }) => isOld(createdAt)).length, 0);
  return some(
    found,
    (count) =>
      `${things(count, 'machine')} ${count === 1 ? 'has' : 'have'} ${things(all, 'snapshot')}, ${old === 0 ? 'none' : old} older than ${OLD_DAYS} days: only the present state is moved`,
    ({ name, count, oldest }) => `${name}: ${count === 1 ? '1, of' : `${count}, the oldest of`} ${oldest.slice(0, 10)}`,
  );
}
