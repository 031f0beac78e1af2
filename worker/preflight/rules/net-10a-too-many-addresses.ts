/** NET-10a: more fixed addresses than Neutron gives one port. */
import { cardsOf, withMore, type Card } from '../../../main/shared/proposals/cards.ts';
import { MOST_FIXED_IPS } from '../../../main/shared/proposals/twin-lines.ts';
import type { MoveFacts } from '../move-facts.ts';
import type { Rule } from '../rule.ts';

export const tooManyAddresses: Rule<MoveFacts> = {
  id: 'NET-10a',
  group: 'networks',
  severity: 'warns',
  finds: (facts) =>
    cardsOf(facts)
      .filter((card) => beyond(card).length > 0)
      .map(({ nic, port }) => `${nic.label}: ${port?.fixedIps.length ?? 0} addresses`),
  says: `A card has more addresses than Neutron usually gives one port, which is ${MOST_FIXED_IPS}.`,
  remedy: 'Let the port send from the others instead (--address-pair NET=ADDRESS), or ask the operator for more.',
  fix(facts) {
    const { options } = facts;
    let { networks } = options;
    for (const card of cardsOf(facts)) {
      if (beyond(card).length > 0) networks = withMore(networks, card, { addressPairs: beyond(card) }) ?? networks;
    }
    return {
      kind: 'options',
      says: 'Let the ports send from what is beyond that, without having it.',
      options: { networks },
    };
  },
  manual:
    'Neutron gives one port five fixed addresses, unless its operator set `max_fixed_ips_per_port` otherwise, and refuses the port beyond that. As address pairs (`--address-pair NET=ADDRESS`) the rest passes as well, ten of them usually; but nothing then keeps those addresses from being given to others.',
};

const beyond = ({ port }: Card): string[] => (port?.fixedIps ?? []).slice(MOST_FIXED_IPS).map(({ address }) => address);
