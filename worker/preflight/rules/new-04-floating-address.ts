/** NEW-04: an address that the guest shares with others, and that its port will drop. */
import { cardsOf, droppedOf } from '../../../main/shared/proposals/cards.ts';
import type { MachineWithCards } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

export const floatingAddress: Rule<MachineWithCards> = {
  id: 'NEW-04',
  group: 'networks',
  severity: 'warns',
  isBeside: ({ vm }) =>
    vm.nics.some(({ ipAddresses }) => ipAddresses.length > 0) ? null : 'the guest tells none of its addresses',
  finds: (facts) => cardsOf(facts).flatMap((card) => droppedOf(card).map((address) => `${card.nic.label}: ${address}`)),
  says: 'The guest holds an address that moves between machines, and its port drops what does not come from its own.',
  remedy: 'Let the ports of all of them send from it (--address-pair), and keep it from others by a port of its own.',
  fix(facts) {
    const dropped = [...new Set(cardsOf(facts).flatMap(droppedOf))];
    const addressPairs = [...facts.options.addressPairs, ...dropped];
    return {
      kind: 'options',
      says: `Let its ports send from ${dropped.join(', ')} as well.`,
      options: { addressPairs },
    };
  },
  manual:
    'Clusters and virtual routers (keepalived, pacemaker, Windows failover clusters) share an address: whoever is the first holds it and announces that. It shows by a prefix of its own (`/32`) beside the subnet that has it, or by a MAC of VRRP (`00:00:5e:00:01:…`). Neutron’s port security drops both the announcement and the traffic. With `--address-pair NET=ADDRESS` the port may send from it, and Guts does not make it the port’s own; move every machine of the cluster like that. Where the cloud runs OVN, [an unbound port](openstack.md#an-address-that-moves-between-machines) has to keep the address.',
};
