/** VM-17: work of the source that goes on with the machine. */
import { onlyVsphere, untold } from '../beside.ts';
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

export const taskRuns: Rule<MachineFacts> = {
  id: 'VM-17',
  group: 'machine',
  severity: 'warns',
  isBeside: ({ vm }) => onlyVsphere(vm) ?? untold(vm),
  finds: ({ vm: { traits } }) => traits?.tasks ?? [],
  says: 'The source is at work on the machine, such as a backup or a move of its own.',
  remedy: 'Wait until that has ended, and check again.',
  manual:
    'A task of the source runs on the machine, such as a backup, a move to another host or a snapshot. Both would be in each other’s way; wait for its end.',
};
