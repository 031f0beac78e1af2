/** DEV-04: a graphics card of the host, or a part of one. */
import { untold } from '../beside.ts';
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

export const graphicsCard: Rule<MachineFacts> = {
  id: 'DEV-04',
  group: 'hardware',
  severity: 'warns',
  isBeside: ({ vm }) => untold(vm),
  finds: ({ vm: { traits } }) => traits?.graphics ?? [],
  says: 'The machine has a graphics card of its host, or a part of one, and its server has none unless its flavor brings one.',
  remedy: 'Choose a flavor that has one (--flavor), and put the drivers for it into the guest.',
  manual:
    'A graphics card of the host is given to the machine, whole or in part (vGPU). A server has one only by its flavor. A machine with such a card cannot be copied while it runs.',
};
