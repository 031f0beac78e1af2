/** CBT-02: change tracking that has not begun. */
import type { MoveFacts } from '../move-facts.ts';
import type { Rule } from '../rule.ts';
import { tracking } from '../fixes.ts';
import { disksWhere } from '../naming.ts';
import { besideTracking, isMissed } from '../tracking.ts';

export const trackingInactive: Rule<MoveFacts> = {
  id: 'CBT-02',
  group: 'snapshots',
  severity: 'informs',
  isBeside: besideTracking,
  finds: (facts) =>
    facts.vm.changeTracking && isMissed(facts) ? disksWhere(facts.vm, ({ changeId }) => changeId === null) : [],
  says: 'Change tracking is on, and not active for a disk.',
  remedy: 'Make a snapshot of the machine and remove it, or start the machine anew: tracking begins then.',
  fix: tracking,
  manual:
    'Change tracking is on, and has not begun for a disk: that takes a snapshot, which may be removed at once, or a start of the machine. Until then every block of it is read. It is said only where that matters.',
};
