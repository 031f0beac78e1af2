/** NEW-06c: name servers that the guest is told, and that the cloud will tell it others for. */
import { cardsOf } from '../../../main/shared/proposals/cards.ts';
import { otherNameServers } from '../../../main/shared/proposals/addressing.ts';
import type { MoveFacts } from '../move-facts.ts';
import type { Rule } from '../rule.ts';

export const otherNameServer: Rule<MoveFacts> = {
  id: 'NEW-06c',
  group: 'networks',
  severity: 'informs',
  isBeside: ({ vm }) =>
    vm.guest.dnsServers.length > 0 && vm.nics.some(({ usesDhcp }) => usesDhcp !== undefined)
      ? null
      : 'the guest does not tell its name servers, or how it gets them',
  finds: (facts) =>
    cardsOf(facts).flatMap((card) => {
      const servers = otherNameServers(facts.vm, card);
      return servers === null
        ? []
        : [`${card.nic.label}: ${servers.guest.join(', ')} now, ${servers.subnet.join(', ')} then`];
    }),
  says: 'By DHCP the guest will be told other name servers than now.',
  remedy: 'Look whether those know the names that the guest needs, or have the subnet’s changed.',
  manual:
    'The guest asks by DHCP, and the subnet in the cloud names other servers than those that it has now. Names of your own network may not be found by them; whoever runs the cloud can change those of the subnet.',
};
