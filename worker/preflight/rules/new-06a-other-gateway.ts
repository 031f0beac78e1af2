/** NEW-06a: a gateway that is set in the guest, and that the subnet in the cloud has another for. */
import { cardsOf } from '../../../main/shared/proposals/cards.ts';
import { otherGateways } from '../../../main/shared/proposals/addressing.ts';
import type { MoveFacts } from '../move-facts.ts';
import type { Rule } from '../rule.ts';

export const otherGateway: Rule<MoveFacts> = {
  id: 'NEW-06a',
  group: 'networks',
  severity: 'warns',
  isBeside: ({ vm }) => ((vm.traits?.gateways ?? []).length > 0 ? null : 'the guest does not tell its gateway'),
  finds: (facts) =>
    cardsOf(facts).flatMap((card) =>
      otherGateways(facts.vm, card).map(
        ({ guest, subnet }) => `${card.nic.label}: ${guest}, and the subnet’s is ${subnet}`,
      ),
    ),
  says: 'The guest sends what leaves its subnet to another gateway than the one that is there in the cloud.',
  remedy: 'Set the subnet’s gateway in the guest, or have the subnet’s gateway changed to the guest’s.',
  manual:
    'The gateway that the guest has lies in a subnet of the mapped network, and that subnet’s gateway has another address. A guest that is set by hand keeps its own and reaches nothing beyond its subnet. Change one of the two. A guest that asks by DHCP is told the right one and is not found here.',
};
