/** HV-02: the passive side of a replication. */
import type { MachineFacts } from '../machine-facts.ts';
import { PASSIVE_REPLICA } from '../replication.ts';
import type { Rule } from '../rule.ts';
import { besideHyperv } from '../beside.ts';

export const passiveReplica: Rule<MachineFacts> = {
  id: 'HV-02',
  group: 'hyperv',
  severity: 'blocks',
  mayBeLowered: true,
  isBeside: besideHyperv,
  finds: ({ vm }) => {
    const word = vm.hyperv?.replication ?? '';
    return PASSIVE_REPLICA.test(word) ? [`replication “${word}”`] : [];
  },
  says: 'The machine is the passive side of a replication, which lags behind the one that runs.',
  remedy: 'Move the machine of the primary host, or fail over to this one and remove the replication first.',
  manual:
    'The machine is the passive side of Hyper-V Replica and lags behind. Move the one of the primary host, or fail over and remove the replication.',
};
