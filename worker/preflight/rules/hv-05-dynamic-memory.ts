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
    if (memory === null || memory === undefined) return [];
    const span = `${bytesText(memory.minimum)} to ${bytesText(memory.maximum)}, ${bytesText(memory.startup)} at the start`;
    return [vm.memoryBytes < memory.maximum ? `${span}; ${bytesText(vm.memoryBytes)} count` : span];
  },
  says: 'The machine has dynamic memory, and a server’s is fixed: the flavor is chosen by the most that it may have, or by what it has where nobody set a maximum.',
  remedy: 'Choose another flavor where it takes less than that, or more (--flavor).',
  manual:
    'The machine has dynamic memory; a server’s is fixed. The flavor is chosen by the most that it may have. Where nobody set a maximum, Hyper-V says 1 TiB: then it is chosen by what the machine starts with, or has by now. `--flavor` says another.',
};
