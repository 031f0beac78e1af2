/** NET-13: a model of card that is not made any more. */
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

const KNOWN = /^(?:vmxnet3?|e1000e?|synthetic|virtio|sriov)$/i;

export const otherCard: Rule<MachineFacts> = {
  id: 'NET-13',
  group: 'networks',
  severity: 'informs',
  finds: ({ vm }) => vm.nics.filter(({ model }) => !KNOWN.test(model)).map(({ label, model }) => `${label}: ${model}`),
  says: 'A network card is of a model that servers do not have; the guest finds another one.',
  remedy:
    'Look whether the guest has a driver for e1000 or virtio, and whether its settings follow the MAC address or the card’s name.',
  manual:
    'A card is a `pcnet32`, `vlance`, a legacy card of Hyper-V or the like. The server has an e1000 or a virtio card with the same MAC; very old guests need a driver for it.',
};
