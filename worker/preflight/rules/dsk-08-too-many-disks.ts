/** DSK-08: more disks than a server can have. */
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

/** vda … vdz. */
const MOST_DISKS = 26;

export const tooManyDisks: Rule<MachineFacts> = {
  id: 'DSK-08',
  group: 'disks',
  severity: 'blocks',
  finds: ({ vm }) => (vm.disks.length > MOST_DISKS ? [`${vm.disks.length} disks`] : []),
  says: `A server can have ${MOST_DISKS} disks of the bus that it gets.`,
  remedy: 'Detach disks before, and bring them over as volumes of their own.',
  manual: 'A server has names for 26 disks (vda to vdz), and the machine has more.',
};
