/** NEW-06: a guest that asks for its address where nobody answers. */
import { cardsOf } from '../../../main/shared/proposals/cards.ts';
import { lacksDhcp } from '../../../main/shared/proposals/addressing.ts';
import type { MoveFacts } from '../move-facts.ts';
import type { Rule } from '../rule.ts';

export const noDhcp: Rule<MoveFacts> = {
  id: 'NEW-06',
  group: 'networks',
  severity: 'warns',
  isBeside: ({ vm }) =>
    vm.nics.some(({ usesDhcp }) => usesDhcp !== undefined) ? null : 'the guest does not tell how it gets its addresses',
  finds: (facts) =>
    cardsOf(facts)
      .filter(lacksDhcp)
      .map(({ nic, target }) => `${nic.label}: “${target?.name ?? ''}” hands out no addresses`),
  says: 'The guest asks for its address by DHCP, and its network in the cloud has none.',
  remedy: 'Have DHCP turned on for the subnet, map the card to another network, or set the address in the guest.',
  manual:
    'The guest gets its address by DHCP, and no subnet of the mapped network has DHCP. It comes up without an address. Turn DHCP on for the subnet, choose another network, or set the address in the guest, by its console or with `--user-data` where cloud-init reads it.',
};
