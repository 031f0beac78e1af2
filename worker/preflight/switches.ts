/** What rules say where switches tell nothing. */
import { cardsOf, type CardsOf } from '../../main/shared/proposals/cards.ts';

export const whySwitchesAreSilent = (facts: CardsOf): string | null =>
  cardsOf(facts).some(({ allows }) => allows !== undefined)
    ? null
    : 'the source does not tell what its switches let pass';
