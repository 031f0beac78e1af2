/** DSK-09: disks that show the guest their own ids. */
import { things } from '../../../main/shared/figures.ts';
import { onlyVsphere, untold } from '../beside.ts';
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

export const ownDiskIds: Rule<MachineFacts> = {
  id: 'DSK-09',
  group: 'disks',
  severity: 'informs',
  isBeside: ({ vm }) => onlyVsphere(vm) ?? untold(vm),
  finds: ({ vm }) => (vm.traits?.showsDiskIds === true && vm.disks.length > 0 ? [things(vm.disks.length, 'disk')] : []),
  says: 'The guest sees the ids of its disks (disk.EnableUUID); in the cloud they are those of its volumes.',
  remedy:
    'Look for what names disks by these ids before: multipath rules, Oracle ASM, backup agents, Kubernetes volumes.',
  manual:
    '`disk.EnableUUID` is on: the guest sees ids of its disks that it does not see without. In the cloud each disk’s serial is its volume’s id. Multipath rules, Oracle ASM, backup agents and Kubernetes may go by the old ones.',
};
