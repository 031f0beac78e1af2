/** NEW-06b: addresses that are set in the guest, of which its port has none. */
import { cardsOf } from '../../../main/shared/proposals/cards.ts';
import { keepsOtherAddress } from '../../../main/shared/proposals/addressing.ts';
import type { MoveFacts } from '../move-facts.ts';
import type { Rule } from '../rule.ts';

export const otherAddress: Rule<MoveFacts> = {
  id: 'NEW-06b',
  group: 'networks',
  severity: 'warns',
  isBeside: ({ vm }) =>
    vm.nics.some(({ usesDhcp }) => usesDhcp !== undefined) ? null : 'the guest does not tell how it gets its addresses',
  finds: (facts) =>
    cardsOf(facts)
      .filter(({ isGuarded }) => isGuarded)
      .flatMap((card) => {
        const kept = keepsOtherAddress(card);
        return kept.length === 0 ? [] : [`${card.nic.label}: ${kept.join(', ')}`];
      }),
  says: 'The guest’s addresses are set by hand, and its port gets another: what the guest sends is dropped.',
  remedy:
    'Keep the address (--map NET=NET:keep), give the port the guest’s, or set the guest’s anew at its first start.',
  manual:
    'The guest has its addresses set by hand, and none of them becomes the port’s: you chose another, or `:auto`, or no subnet has it. The guest keeps its own, and port security drops what comes from it. Keep the address, or set the guest’s anew, by its console or with `--user-data` where cloud-init reads it.',
};
