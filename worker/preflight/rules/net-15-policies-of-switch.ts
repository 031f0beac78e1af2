/** NET-15: what the source limits, guards or mirrors on a card. */
import { cardsOf } from '../../../main/shared/proposals/cards.ts';
import type { MachineWithCards } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

export const policiesOfSwitch: Rule<MachineWithCards> = {
  id: 'NET-15',
  group: 'networks',
  severity: 'warns',
  finds: (facts) =>
    cardsOf(facts)
      .filter(({ policies }) => policies.length > 0)
      .map(({ nic, policies }) => `${nic.label}: ${policies.join(', ')}`),
  says: 'What the source limits, guards, filters or mirrors on a card does not come along.',
  remedy: 'Ask the cloud’s operator for a QoS policy or a mirror where it has to stay.',
  manual:
    'The source limits the bandwidth of a card, guards it, filters or mirrors what passes. None of it comes along. In the cloud, limits are QoS policies of a port (`openstack port set --qos-policy`), mirrors are a matter of its operator. Neutron’s ports drop answers of a DHCP server and announcements of a router in the guest by themselves.',
};
