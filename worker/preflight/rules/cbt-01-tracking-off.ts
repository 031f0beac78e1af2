/** CBT-01: change tracking that would help, and is off. */
import type { MoveFacts } from '../move-facts.ts';
import type { Rule } from '../rule.ts';
import { tracking } from '../fixes.ts';
import { besideTracking, isMissed } from '../tracking.ts';

export const trackingOff: Rule<MoveFacts> = {
  id: 'CBT-01',
  group: 'snapshots',
  severity: 'informs',
  isBeside: besideTracking,
  finds: (facts) => (!facts.vm.changeTracking && isMissed(facts) ? [facts.vm.name] : []),
  says: 'Change tracking is off, so empty blocks are read as well.',
  remedy: 'Turn on change tracking of the machine; one that runs needs a snapshot that is made and removed once.',
  fix: tracking,
  manual:
    'Change tracking is off, and of the ways that are left to read the disks, only the one that reads every block can be gone. With tracking, only what is allocated is read (`--read areas`). It is said only where that would help.',
};
