/** CBT-05: disks that need consolidation. */
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

export const needsConsolidation: Rule<MachineFacts> = {
  id: 'CBT-05',
  group: 'snapshots',
  severity: 'warns',
  finds: ({ vm }) => (vm.needsConsolidation ? [vm.name] : []),
  says: 'The machine’s disks need consolidation.',
  remedy: 'Consolidate them in the source before, so that no stale file is read.',
  manual: 'The source says that the disks need consolidation. Do that first, so that no stale file is read.',
};
