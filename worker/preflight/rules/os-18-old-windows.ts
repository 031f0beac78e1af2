/** OS-18: a Windows for which new drivers are not made any more. */
import type { InventoryVm } from '../../../main/shared/inventory.ts';
import { named, systemOf } from '../guest-system.ts';
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

/** Windows 10 and Server 2016 are NT 10. */
const FIRST_OF_TODAY = 10;

export function isOldWindows(vm: InventoryVm): boolean {
  const { family, version } = systemOf(vm);
  return family === 'windows' && version !== null && version < FIRST_OF_TODAY;
}

export const oldWindows: Rule<MachineFacts> = {
  id: 'OS-18',
  group: 'guest',
  severity: 'warns',
  finds: ({ vm, options }) => (isOldWindows(vm) && options.profile !== 'virtio' ? [named(vm)] : []),
  says: 'No virtio drivers are made for this Windows any more, so it keeps hardware that it knows, which is slower.',
  remedy:
    'Try a copy of it in the cloud first, or put drivers of that time into the guest before (virtio-win 0.1.189 for 2012, 0.1.173 for 2008 R2 and 7).',
  manual:
    'Windows before 2016 and 10 takes none of today’s virtio drivers: 2012 and 8 want virtio-win 0.1.189 at the latest, 2008 R2 and 7 older ones with SHA-1 signatures or the update KB4474419. With `--profile compatible` it starts without.',
};
