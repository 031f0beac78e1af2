/** HV-05: dynamic memory. */
import { bytesText } from '../../../main/shared/figures.ts';
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';
import { besideHyperv } from '../beside.ts';

export const dynamicMemory: Rule<MachineFacts> = {
  id: 'HV-05',
  group: 'hyperv',
  severity: 'informs',
  isBeside: besideHyperv,
  finds: ({ vm }) => {
    const memory = vm.hyperv?.dynamicMemory;
    return memory === null || memory === undefined
      ? []
      : [`${bytesText(memory.minimum)} to ${bytesText(memory.maximum)}, ${bytesText(memory.startup)} at the start`];
  },
  says: 'The machine has dynamic memory, and a server’s is fixed: the flavor is chosen by the most that it may have.',
  remedy: 'Choose a smaller flavor where it never takes that much (--flavor).',
  manual:
    'The machine has dynamic memory; a server’s is fixed. The flavor is chosen by the most that it may have. `--flavor` says another.',
};
