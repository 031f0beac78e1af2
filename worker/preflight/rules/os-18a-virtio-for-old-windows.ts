/** OS-18a: virtio that was chosen for a Windows which has no drivers of its own for it. */
import { named } from '../guest-system.ts';
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';
import { isOldWindows } from './os-18-old-windows.ts';

export const virtioForOldWindows: Rule<MachineFacts> = {
  id: 'OS-18a',
  group: 'guest',
  severity: 'warns',
  finds: ({ vm, options }) => (isOldWindows(vm) && options.profile === 'virtio' ? [named(vm)] : []),
  says: 'You chose virtio, and this Windows takes only old drivers for it, some of them only with updates of their own.',
  remedy:
    'Let it keep hardware that it knows (--profile compatible), or put drivers of that time into the guest before (virtio-win 0.1.189 for 2012, 0.1.173 for 2008 R2 and 7).',
  manual:
    'Such a Windows stops at its start (0x7B) where the drivers are missing. Put those of its time into the guest before, or let it have `--profile compatible`.',
};
