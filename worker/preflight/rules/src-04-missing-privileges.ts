/** SRC-04: a privilege that the user of the source lacks. */
import type { MoveFacts } from '../move-facts.ts';
import type { Rule } from '../rule.ts';

export const missingPrivileges: Rule<MoveFacts> = {
  id: 'SRC-04',
  group: 'source',
  severity: 'blocks',
  finds: ({ missingPrivileges }) => missingPrivileges,
  says: 'The user of the source may not do what this migration needs.',
  remedy: 'Have these privileges added to the user’s role on the machine and its datastores, and check again.',
  manual:
    'The user of the source lacks a privilege that this move needs. Which ones a move needs depends on how it reads and on whether the machine runs: [privileges](vsphere.md#privileges). Have them added to the user’s role on the machine and its datastores.',
};
