/** VM-07: a machine that is neither running nor off. */
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

export const powerState: Rule<MachineFacts> = {
  id: 'VM-07',
  group: 'machine',
  severity: 'blocks',
  finds: ({ vm }) => (vm.power === 'suspended' || vm.power === 'unknown' ? [`power state “${vm.power}”`] : []),
  says: 'The machine is neither running nor off, so its disks are not whole.',
  remedy: 'Resume the machine (or discard its saved state) and shut its guest down, then check again.',
  manual:
    'The machine is suspended, saved or paused, or its power state is not known. Such a guest has writes in its memory that its disks lack. Resume it, or discard its saved state, and shut it down.',
};
