/** NEW-05a: a switch that takes larger frames than the network in the cloud, and a guest of which nobody knows. */
import { cardsOf } from '../../../main/shared/proposals/cards.ts';
import { framesOf, perhapsTooLarge } from '../../../main/shared/proposals/frames.ts';
import type { MoveFacts } from '../move-facts.ts';
import type { Rule } from '../rule.ts';
import { isKnown, UNKNOWN } from './new-05-too-large-frames.ts';

export const perhapsTooLargeFrames: Rule<MoveFacts> = {
  id: 'NEW-05a',
  group: 'networks',
  severity: 'informs',
  isBeside: (facts) => (cardsOf(facts).some((card) => isKnown(framesOf(facts.vm, card))) ? null : UNKNOWN),
  finds: (facts) =>
    cardsOf(facts).flatMap((card) => {
      const frames = framesOf(facts.vm, card);
      const size = perhapsTooLarge(frames, card.nic.usesDhcp);
      return size === null
        ? []
        : [`${card.nic.label}: up to ${size} bytes, and “${card.target?.name ?? ''}” takes ${frames.cloud}`];
    }),
  says: 'The network in the cloud takes smaller frames than the virtual switch did.',
  remedy: 'Look at the guest’s MTU where its addresses are set by hand, and on Windows.',
  manual:
    'The virtual switch takes larger frames than the network in the cloud, and the guest does not tell how large its own are. By DHCP a guest is told the network’s MTU; Windows does not listen to that, and a guest that is set by hand does not hear it.',
};
