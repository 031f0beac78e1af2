/** HV-07: a running machine of which no checkpoint can be made. */
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';
import { optionsFix } from '../fixes.ts';
import { besideHyperv } from '../beside.ts';
import { isCopiedRunning } from '../copied-running.ts';

export const checkpointsOff: Rule<MachineFacts> = {
  id: 'HV-07',
  group: 'hyperv',
  severity: 'blocks',
  isBeside: besideHyperv,
  finds: (facts) =>
    isCopiedRunning(facts) && /^disabled$/i.test(facts.vm.hyperv?.checkpointType ?? '') ? [facts.vm.name] : [],
  says: 'The machine is to be copied while it runs, and checkpoints of it are turned off.',
  remedy: 'Allow production checkpoints in its settings, or have it shut down (--while-running shut-down).',
  fix: () => optionsFix('Have the guest shut down before it is copied.', { whileRunning: 'shutDown' }),
  manual: 'With `--while-running snapshot` a checkpoint is needed, and checkpoints of this machine are turned off.',
};
