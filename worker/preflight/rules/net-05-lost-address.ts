/** NET-05: an address that the mapped network does not have. */
import type { MoveFacts } from '../move-facts.ts';
import type { Rule } from '../rule.ts';
import { automaticAddresses } from '../fixes.ts';

export const lostAddress: Rule<MoveFacts> = {
  id: 'NET-05',
  group: 'networks',
  severity: 'warns',
  finds: ({ ports }) => ports.lostAddresses.map(({ label, address, why }) => `${label}: ${address} ${why}`),
  says: 'An address of the guest cannot be kept, because the mapped network does not give it.',
  remedy: 'Map the card to a network with that subnet, or choose an address (--map NET=NET:ADDRESS).',
  fix: (facts) => {
    const lost = facts.ports.ports.filter((port) =>
      facts.ports.lostAddresses.some(({ nicKey }) => nicKey === port.nicKey),
    );
    return lost.length === 0 ? null : automaticAddresses(lost, facts);
  },
  manual:
    'No subnet of the mapped network has the guest’s address, so it cannot be kept. Map to the right network, or give an address. In a subnet of IPv6 with SLAAC or DHCPv6 without state, Neutron takes no address that is asked for: the port’s MAC gives it one, which is the guest’s where that has made it of the same MAC.',
};
