/** HV-03: a machine that is replicated. */
import type { MachineFacts } from '../machine-facts.ts';
import { PASSIVE_REPLICA } from '../replication.ts';
import type { Rule } from '../rule.ts';
import { besideHyperv } from '../beside.ts';

export const replicated: Rule<MachineFacts> = {
  id: 'HV-03',
  group: 'hyperv',
  severity: 'warns',
  isBeside: besideHyperv,
  finds: ({ vm }) => {
    const word = vm.hyperv?.replication ?? '';
    return word === '' || PASSIVE_REPLICA.test(word) ? [] : [`replication “${word}”`];
  },
  says: 'The machine is replicated to another host, which keeps logs of its own beside its disks and does not follow it into the cloud.',
  remedy: 'Pause the replication while it moves, and remove it on both hosts afterwards.',
  manual:
    'The machine is replicated to another host. Logs of the replication lie beside its disks while they are read, and it does not follow into the cloud: pause it for the move, remove it afterwards.',
};
