/** NET-14: a card that is a part of the host’s. */
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

export const sriov: Rule<MachineFacts> = {
  id: 'NET-14',
  group: 'networks',
  severity: 'warns',
  finds: ({ vm }) => vm.nics.filter(({ model }) => model === 'sriov').map(({ label }) => label),
  says: 'A network card is a part of its host’s (SR-IOV); its port in the cloud is an ordinary one.',
  remedy:
    'Ask for a port of the type “direct” where its speed matters, and put it in place of the ordinary one afterwards.',
  manual:
    'A card is a virtual function of the host’s card (SR-IOV). Guts makes an ordinary port. A port with `vnic_type` `direct` needs hosts and a flavor for it; exchange it afterwards.',
};
