/** NET-28: wishes about port security on a network of another project. */
import { cardsOf } from '../../../main/shared/proposals/cards.ts';
import type { MoveFacts } from '../move-facts.ts';
import type { Rule } from '../rule.ts';

export const portSecurityOfOthers: Rule<MoveFacts> = {
  id: 'NET-28',
  group: 'networks',
  severity: 'warns',
  isBeside: ({ cloud }) =>
    cloud.networks.some(({ isOwn }) => isOwn !== undefined) ? null : 'the cloud does not tell whose its networks are',
  finds: (facts) =>
    cardsOf(facts).flatMap(({ nic, port, target }) => {
      const isAsked = port?.portSecurity === 'off' || (port?.addressPairs ?? []).length > 0;
      return isAsked && target?.isOwn === false ? [`${nic.label} on “${target.name}”`] : [];
    }),
  says: 'What a port may send besides is decided by whoever owns the network, and that is another project.',
  remedy: 'Ask the owner of the network, or an administrator, to make or change the port, or leave the wish out.',
  manual:
    'The network belongs to another project and is shared with yours. Neutron’s usual policy lets only the owner of a network, and administrators, set address pairs and port security of ports on it; the port would be refused. Where your cloud has another policy, go on.',
};
