/** NET-24: a card that has no MAC address yet. */
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

export const noMac: Rule<MachineFacts> = {
  id: 'NET-24',
  group: 'networks',
  severity: 'informs',
  finds: ({ vm }) => vm.nics.filter(({ mac }) => mac === null).map(({ label }) => label),
  says: 'A network card has no MAC address yet, so the cloud gives it one.',
  remedy: 'Start the machine once, or give the card a fixed address, where it has to keep one.',
  manual: 'A card has no MAC yet, as Hyper-V gives a dynamic one at the first start. The cloud gives the port one.',
};
