/** VM-08: a copy as after a power cut. */
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';
import { optionsFix } from '../fixes.ts';
import { isOfProductionCheckpoint } from '../copied-running.ts';

export const copiedAsItRuns: Rule<MachineFacts> = {
  id: 'VM-08',
  group: 'machine',
  severity: 'warns',
  finds: ({ vm, options }) =>
    vm.power === 'on' && options.whileRunning === 'snapshot' && !isOfProductionCheckpoint({ vm, options })
      ? [vm.name]
      : [],
  says: 'The machine is copied while it runs: the copy is as after a power cut, and later changes are not in it.',
  remedy: 'Have it shut down for a copy that its guest has finished (--while-running shut-down).',
  fix: () => optionsFix('Have the guest shut down before it is copied.', { whileRunning: 'shutDown' }),
  manual:
    'With `--while-running snapshot` the copy is as after a power cut, and what is written later stays behind. `--while-running shut-down` copies what the guest has finished.',
};
