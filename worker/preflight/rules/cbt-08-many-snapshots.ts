/** CBT-08: nearly as many snapshots as there can be. */
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

const MANY = 28;

export const manySnapshots: Rule<MachineFacts> = {
  id: 'CBT-08',
  group: 'snapshots',
  severity: 'warns',
  finds: ({ vm }) => {
    const depth = Math.max(
      0,
      ...vm.snapshots.map((one) => one.depth + 1),
      ...vm.disks.map(({ chainLength }) => chainLength - 1),
    );
    return depth >= MANY ? [`${depth} snapshots below each other`] : [];
  },
  says: 'The machine has nearly as many snapshots below each other as there can be, and one that a copy needs may be refused.',
  remedy: 'Remove snapshots that nobody needs before.',
  manual:
    'vSphere refuses a snapshot below 32 others, and Hyper-V one below 50. This machine has 28 or more, and each makes reading slower.',
};
