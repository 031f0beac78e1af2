/** VM-10b: a guest that cannot be asked to shut down. */
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';
import { optionsFix } from '../fixes.ts';
import { onlyPlugStops, toolsState } from '../silent-guest.ts';

export const cannotBeAsked: Rule<MachineFacts> = {
  id: 'VM-10b',
  group: 'machine',
  severity: 'blocks',
  finds: (facts) => (onlyPlugStops(facts) ? [toolsState(facts.vm)] : []),
  says: 'The guest runs and cannot be asked to shut down, because its tools do not run; addresses that it told once may not be its own any more.',
  remedy:
    'Start the tools or turn them on at the source (on Hyper-V by Enable-VMIntegrationService), shut the guest down by hand, or allow to pull the plug (--may-pull-plug).',
  fix: () => optionsFix('Pull the plug: the guest is cut off as by a power cut.', { mayPullPlug: true }),
  manual:
    'The guest runs and its tools do not, so it cannot be asked to shut down, and it tells no addresses, or those that it had once. Start the tools, shut it down by hand, or allow `--may-pull-plug`; then say the addresses with `--map NET=NET:ADDRESS`, as with VM-10.',
};
