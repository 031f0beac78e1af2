/** DEV-07: pinning, reservations, limits and the like. */
import { untold } from '../beside.ts';
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

export const tuned: Rule<MachineFacts> = {
  id: 'DEV-07',
  group: 'hardware',
  severity: 'warns',
  isBeside: ({ vm }) => untold(vm),
  finds: ({ vm: { traits } }) => traits?.tuning ?? [],
  says: 'The machine is pinned, reserved, limited or weighed at its source, which its server is not by itself.',
  remedy:
    'Ask for a flavor with the like (its extra specs: hw:cpu_policy, hw:numa_nodes, quota:cpu_limit …), and choose it (--flavor).',
  manual:
    'The machine is pinned to processors or memory nodes, has reservations, limits or shares, or is made for low latency. None of it moves; a flavor’s extra specs can say the like.',
};
