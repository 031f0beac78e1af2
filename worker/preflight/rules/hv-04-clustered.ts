/** HV-04: a role of a failover cluster. */
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';
import { besideHyperv } from '../beside.ts';

export const clustered: Rule<MachineFacts> = {
  id: 'HV-04',
  group: 'hyperv',
  severity: 'informs',
  isBeside: besideHyperv,
  finds: ({ vm }) => (vm.hyperv?.isClustered === true ? [vm.name] : []),
  says: 'The machine is a role of a failover cluster, which does not restart its server in the cloud.',
  remedy: 'Take the role out of the cluster after the move, so that nothing starts the old machine again.',
  manual:
    'The machine is a role of a failover cluster. Take it out of the cluster after the move, so that nothing starts the old machine beside its new server.',
};
