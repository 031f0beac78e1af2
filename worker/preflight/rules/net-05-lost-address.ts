/** NET-05: an address that the mapped network does not have. */
import type { MoveFacts } from '../move-facts.ts';
import type { Rule } from '../rule.ts';
import { withoutAddresses } from '../address-fixes.ts';

export const lostAddress: Rule<MoveFacts> = {
  id: 'NET-05',
  group: 'networks',
  severity: 'warns',
  finds: ({ ports }) => ports.lostAddresses.map(({ label, address, why }) => `${label}: ${address} ${why}`),
  says: 'An address of the guest cannot be kept, because the mapped network does not give it.',
  remedy: 'Map the card to a network with that subnet, or choose an address (--map NET=NET:ADDRESS).',
  // It only warns: what is kept is worth more than that this is over.
  fix: (facts) => withoutAddresses(facts.ports.lostAddresses, facts, { mayGiveUp: false }),
  manual:
    'No subnet of the mapped network has the guest’s address, so it cannot be kept. Map to the right network, or give an address. In a subnet of IPv6 with SLAAC or DHCPv6 without state, Neutron takes no address that is asked for: the port’s MAC gives it one, which is the guest’s where that has made it of the same MAC.',
};
