/** VM-08b: a copy of a production checkpoint. */
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';
import { optionsFix } from '../fixes.ts';
import { besideHyperv } from '../beside.ts';
import { isOfProductionCheckpoint } from '../copied-running.ts';

export const productionCheckpoint: Rule<MachineFacts> = {
  id: 'VM-08b',
  group: 'machine',
  severity: 'warns',
  isBeside: besideHyperv,
  finds: (facts) => (isOfProductionCheckpoint(facts) ? [facts.vm.name] : []),
  says: 'The machine is copied while it runs: its guest writes out what it holds at the checkpoint, and later changes are not in the copy.',
  remedy: 'Have it shut down for a copy that lacks nothing (--while-running shut-down).',
  fix: () => optionsFix('Have the guest shut down before it is copied.', { whileRunning: 'shutDown' }),
  manual:
    'The same of a machine of Hyper-V with production checkpoints. Its guest writes out what it holds, so the copy is sound; what is written later stays behind all the same. `Production` falls back to a standard checkpoint where the guest cannot; `ProductionOnly` never does.',
};
