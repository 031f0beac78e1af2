/** DEV-09: how the source keeps the machine up. */
import { untold } from '../beside.ts';
import { FAULT_TOLERANT } from '../fault-tolerance.ts';
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

export const availability: Rule<MachineFacts> = {
  id: 'DEV-09',
  group: 'hardware',
  severity: 'informs',
  isBeside: ({ vm }) => untold(vm),
  finds: ({ vm: { traits } }) => (traits?.availability ?? []).filter((words) => !FAULT_TOLERANT.test(words)),
  says: 'The source starts, stops or keeps the machine in a way that its server is not kept.',
  remedy: 'Ask what the cloud has of the kind: server groups, and restarts by the provider.',
  manual:
    'The source starts the machine with its host, stops it in a certain way, or keeps it near to or away from others. Server groups (`--server-group`) and what the provider does after a host’s failure take their place. DRS rules of vSphere are not looked at.',
};
