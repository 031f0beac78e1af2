/** NET-23: a card that is a trunk of a virtual switch. */
import { cardsOf } from '../../../main/shared/proposals/cards.ts';
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

export const trunkOfSwitch: Rule<MachineFacts> = {
  id: 'NET-23',
  group: 'networks',
  severity: 'warns',
  finds: (facts) =>
    cardsOf(facts).flatMap(({ nic, network, trunk }) => {
      if (trunk !== undefined) return [`${nic.label}: VLANs ${trunk.join(', ')}`];
      return network?.kind === 'switch' && network.vlanId === null ? [nic.label] : [];
    }),
  says: 'A network card is a trunk of several VLANs, and its port in the cloud is on one network without VLANs.',
  remedy: 'Give the guest a card for each VLAN before, or make a trunk of the port in the cloud afterwards.',
  manual:
    'A card is a trunk of several VLANs, with their tags. Its port in the cloud is on one network without VLANs. Give the guest a card for each VLAN before, or make a trunk of the port afterwards.',
};
