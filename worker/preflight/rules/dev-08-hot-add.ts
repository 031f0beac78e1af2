/** DEV-08: processors and memory that can be added while the machine runs, where somebody sees to it that it does. */
import { onlyVsphere, untold } from '../beside.ts';
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

export const hotAdd: Rule<MachineFacts> = {
  id: 'DEV-08',
  group: 'hardware',
  severity: 'informs',
  isBeside: ({ vm }) => onlyVsphere(vm) ?? untold(vm),
  finds: ({ vm: { traits } }) => {
    const what = [
      ...(traits?.hotAdd?.cpu === true ? ['processors'] : []),
      ...(traits?.hotAdd?.memory === true ? ['memory'] : []),
    ];
    const kept = traits?.availability ?? [];
    return what.length === 0 || kept.length === 0 ? [] : [`${what.join(' and ')}; ${kept.join(', ')}`];
  },
  says: 'The machine is kept running and can be given processors or memory meanwhile; a server takes another flavor only with a restart.',
  remedy: 'Choose a flavor with what it will need (--flavor).',
  manual:
    'Hot add is on, and the source is told to keep the machine running (availability, as in DEV-09). In the cloud a server gets more by another flavor, and restarts for it; choose one with room. Most machines have hot add turned on and never use it; of those that nothing keeps running it is not told.',
};
