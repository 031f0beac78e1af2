/** DSK-20: a machine without disks. */
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

export const noDisk: Rule<MachineFacts> = {
  id: 'DSK-20',
  group: 'disks',
  severity: 'blocks',
  finds: ({ vm }) => (vm.disks.length === 0 ? [vm.name] : []),
  says: 'The machine has no disk to move.',
  remedy: 'Leave the machine out; or, if it ought to have disks, attach them to it at the source and look again.',
  manual:
    'There is no disk to move. Leave the machine out; or, if its disks were detached from it, attach them again at the source.',
};
