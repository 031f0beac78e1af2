/** VM-10: a guest whose tools do not run. */
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';
import { isSilent, onlyPlugStops, toolsState } from '../silent-guest.ts';

export const noTools: Rule<MachineFacts> = {
  id: 'VM-10',
  group: 'machine',
  severity: 'warns',
  finds: (facts) => (isSilent(facts) && !onlyPlugStops(facts) ? [toolsState(facts.vm)] : []),
  says: 'The guest’s tools (integration services) do not run, so it tells no addresses, or those that it had once.',
  remedy:
    'Start them, or turn them on at the source (on Hyper-V by Enable-VMIntegrationService), or say the addresses (--map NET=NET:ADDRESS).',
  manual:
    'The guest runs and its VMware Tools or integration services do not, so it tells no addresses, or those that it had once, and they cannot be kept by themselves. Start the tools, or say them with `--map NET=NET:ADDRESS`. Where it would have to be shut down besides, VM-10b tells both.',
};
