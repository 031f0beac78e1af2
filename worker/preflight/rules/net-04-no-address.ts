/** NET-04: a guest that runs and tells no address. */
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

export const noAddress: Rule<MachineFacts> = {
  id: 'NET-04',
  group: 'networks',
  severity: 'warns',
  isBeside: ({ vm }) =>
    vm.power === 'on' && vm.guest.tools === 'running' ? null : 'the guest does not run, or its tools do not',
  finds: ({ vm }) =>
    vm.nics.every(({ ipAddresses }) => ipAddresses.length === 0) ? vm.nics.map(({ label }) => label) : [],
  says: 'The guest runs and tells no address, so none can be kept.',
  remedy: 'Look whether its network is up, or say the addresses (--map NET=NET:ADDRESS).',
  manual:
    'The guest and its tools run, and none of its cards has an address. Look whether its network is up, or say the addresses with `--map NET=NET:ADDRESS`.',
};
