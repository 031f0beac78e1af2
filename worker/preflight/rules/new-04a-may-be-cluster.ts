/** NEW-04a: a machine that may be one of a cluster, of which nothing shows an address that is shared. */
import { cardsOf } from '../../../main/shared/proposals/cards.ts';
import { clusterHintsOf } from '../../../main/shared/proposals/floating.ts';
import type { MachineWithCards } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

export const mayBeCluster: Rule<MachineWithCards> = {
  id: 'NEW-04a',
  group: 'networks',
  severity: 'informs',
  finds: (facts) => {
    const cards = cardsOf(facts);
    const isSettled = cards.every(
      ({ floating, pairs, isGuarded }) => floating.length > 0 || pairs.length > 0 || !isGuarded,
    );
    return isSettled ? [] : clusterHintsOf(facts.vm);
  },
  says: 'The machine may be one of a cluster. If its members share an address, ports drop it unless they are told.',
  remedy: 'Ask whoever runs it, and name the shared address (--address-pair).',
  manual:
    'A name, a note, a tag or disks that are shared speak for a cluster; the guest’s tools show no address that it shares, as the member shows none that is not the first. If there is one, give it to every member: `--address-pair NET=ADDRESS`.',
};
