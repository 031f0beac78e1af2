/** HV-06: a checkpoint of a backup. */
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';
import { besideHyperv } from '../beside.ts';

export const recoveryCheckpoint: Rule<MachineFacts> = {
  id: 'HV-06',
  group: 'hyperv',
  severity: 'warns',
  isBeside: besideHyperv,
  finds: ({ vm }) => (vm.hyperv?.hasRecoveryCheckpoint === true ? [vm.name] : []),
  says: 'A backup’s checkpoint is there: a backup runs, or one got stuck.',
  remedy: 'Wait until the backup has ended, or have its checkpoint removed and merged, and check again.',
  manual:
    'A recovery checkpoint is there, so a backup runs, or one got stuck. Wait for its end, or have it removed and merged.',
};
