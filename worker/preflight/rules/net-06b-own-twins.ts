/** NET-06b: one address that several cards of a machine would have on one network. */
import { isSameAddress } from '../../../main/shared/proposals/address.ts';
import type { MoveFacts } from '../move-facts.ts';
import type { Rule } from '../rule.ts';

export const ownAddressTwins: Rule<MoveFacts> = {
  id: 'NET-06b',
  group: 'networks',
  severity: 'blocks',
  finds: ({ ports }) => {
    const all = ports.ports.flatMap(({ label, networkId, networkName, fixedIps }) =>
      fixedIps.map(({ address }) => ({ label, networkId, networkName, address })),
    );
    return all.flatMap((one, at) => {
      const before = all.slice(0, at).find((other) => isTwin(other, one));
      return before === undefined ? [] : [`${one.label}: ${one.address} on “${one.networkName}”, as ${before.label}`];
    });
  },
  says: 'Several network cards of the machine would have the same address on one network, and Neutron gives it to one port alone.',
  remedy:
    'Choose an address for the network of one card alone (--map NET=NET:ADDRESS), or let the cloud choose (--map NET=NET:auto); an address that the guest’s cards share may be sent by each as an address pair (--address-pair NET=ADDRESS).',
  manual:
    'An address that was chosen for all cards, or for a network that several cards are on, would be each card’s; so would one that the guest tells of several. Neutron refuses the second port. Choose it for the network of one card, let the cloud choose with `:auto`, or have a shared address as an address pair (`--address-pair NET=ADDRESS`).',
};

interface Kept {
  readonly networkId: string;
  readonly address: string;
}

const isTwin = (one: Kept, other: Kept): boolean =>
  one.networkId === other.networkId && isSameAddress(one.address, other.address);
