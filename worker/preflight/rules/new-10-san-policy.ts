/** NEW-10: further disks of Windows, which may come up offline. */
import { notWindows, systemOf } from '../guest-system.ts';
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

export const sanPolicy: Rule<MachineFacts> = {
  id: 'NEW-10',
  group: 'guest',
  severity: 'warns',
  isBeside: ({ vm }) => notWindows(vm),
  finds: ({ vm }) => (systemOf(vm).isServer && vm.disks.length > 1 ? [`${vm.disks.length} disks`] : []),
  says: 'Windows Server may leave disks that it sees on a new controller offline (its SAN policy).',
  remedy:
    'Set the policy in the guest before (diskpart: san policy=OnlineAll), or bring the disks online in the cloud.',
  manual:
    'A Windows Server with several disks sees them on another controller in the cloud, and its SAN policy may leave all but the first offline. `san policy=OnlineAll` in diskpart before the move spares that.',
};
