/** What will hurt since nobody has looked after it: an export of long ago, guests whose tools do not run, snapshots that were left behind. */
import type { Hurt } from '../../main/shared/assessment.ts';
import { things } from '../../main/shared/figures.ts';
import type { Estate } from '../../main/shared/estate.ts';
import { TIME_UNTOLD, type InventoryVm } from '../../main/shared/inventory.ts';
import { OLD_SNAPSHOT_DAYS } from '../preflight/rules/cbt-04-snapshots.ts';
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

/** What counts as old is what CBT-04 says. @param asOf when it was like this: an export may be older than today */
export function snapshots(vms: readonly InventoryVm[], asOf: Date): Hurt[] {
  const isOld = (moment: string): boolean => asOf.getTime() - Date.parse(moment) > OLD_SNAPSHOT_DAYS * DAY_MS;
  const found = vms
    .filter((vm) => vm.snapshots.length > 0)
    .map(({ name, snapshots: all }) => ({
      name,
      count: all.length,
      told: all.flatMap(({ createdAt }) => (createdAt === TIME_UNTOLD ? [] : createdAt)).sort(),
    }))
    .sort((a, b) => b.count - a.count || (a.told[0] ?? '').localeCompare(b.told[0] ?? ''));
  const all = found.reduce((sum, { count }) => sum + count, 0);
  const told = found.flatMap((one) => one.told);
  const old = told.filter(isOld).length;
  const untold = all === told.length ? '' : `, of ${all - told.length} the age is not told`;
  return some(
    found,
    (count) =>
      `${things(count, 'machine')} ${count === 1 ? 'has' : 'have'} ${things(all, 'snapshot')}, ${old === 0 ? 'none' : old} older than ${OLD_SNAPSHOT_DAYS} days${untold}: only the present state is moved`,
    ({ name, count, told: [oldest] }) => {
      const of = oldest === undefined ? '' : `${count === 1 ? ', of' : ', the oldest of'} ${oldest.slice(0, 10)}`;
      return `${name}: ${count}${of}`;
    },
  );
}
