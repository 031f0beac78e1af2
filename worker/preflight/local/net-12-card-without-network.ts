/** NET-12: a card on no network. */
import type { LocalRouteFacts } from '../facts.ts';
import type { Rule } from '../rule.ts';
import { NO_MACHINE } from './beside.ts';

export const cardWithoutNetwork: Rule<LocalRouteFacts> = {
  id: 'NET-12',
  group: 'networks',
  severity: 'warns',
  isBeside: ({ vm }) => (vm === null ? NO_MACHINE : null),
  finds: ({ vm }) =>
    (vm?.nics ?? []).flatMap((nic, index) =>
      nic.network === null ? [`network card ${index + 1}${nic.mac === null ? '' : ` (${nic.mac})`}`] : [],
    ),
  says: 'A network card is on no network.',
  remedy: 'Choose a network for it after the move, or remove the card.',
  manual:
    'A card of the machine is on no network. Its domain gets the card all the same; choose a network for it, or remove it.',
};
