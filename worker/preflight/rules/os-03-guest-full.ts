/** OS-03: a file system of the guest that is full. */
import { bytesText } from '../../../main/shared/figures.ts';
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

const MB = 1_000_000;

function leastOf(path: string): number {
  if (path === '/' || /^C:/i.test(path)) return 100 * MB;
  return path === '/boot' ? 50 * MB : 10 * MB;
}

export const guestFull: Rule<MachineFacts> = {
  id: 'OS-03',
  group: 'guest',
  severity: 'warns',
  isBeside: ({ vm }) => (vm.guest.disks.length === 0 ? 'the guest’s tools tell no file systems' : null),
  finds: ({ vm }) =>
    vm.guest.disks
      .filter(({ path, capacityBytes, freeBytes }) => capacityBytes > 0 && freeBytes < leastOf(path))
      .map(({ path, freeBytes }) => `${bytesText(freeBytes)} free on ${path}`),
  says: 'A file system of the guest has no room for drivers, a new boot image or the logs of its first start.',
  remedy: 'Make room in the guest before it moves.',
  manual:
    'A file system of the guest is full by what its tools tell: less than 100 MB free on `/` or `C:`, 50 MB on `/boot`, 10 MB elsewhere. Adding drivers or building a boot image fails then, and some guests do not start.',
};
