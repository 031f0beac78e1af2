/** NET-11: two cards on one network. */
import { cardsOf, isAmong } from '../../../main/shared/proposals/cards.ts';
import type { InventoryVm } from '../../../main/shared/inventory.ts';
import type { MachineWithCards } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

export const crowdedNetwork: Rule<MachineWithCards> = {
  id: 'NET-11',
  group: 'networks',
  severity: 'warns',
  finds: ({ vm, ports }) => ports?.crowded ?? crowdedAtSource(vm),
  fix: (facts) => {
    const { options, ports, cloud } = facts;
    if (ports === undefined) return null;
    const crowd = cardsOf(facts).filter(({ isGuarded, port }) => {
      const shared = ports.ports.filter(({ networkId }) => networkId === port?.networkId);
      return isGuarded && shared.length > 1;
    });
    const missing = crowd.flatMap(({ own }) => own).filter((address) => !isAmong(address, options.addressPairs));
    if (missing.length === 0 || cloud?.networkExtensions?.includes('allowed-address-pairs') === false) return null;
    const addressPairs = [...options.addressPairs, ...new Set(missing)];
    return {
      kind: 'options',
      says: 'Let each of its ports send from the addresses of the others.',
      options: { addressPairs },
    };
  },
  says: 'Two cards are on one network, and the cloud’s port security may drop what the guest answers by the wrong one.',
  remedy: 'Map them to different networks, or allow the addresses of both (--address-pair).',
  manual:
    'Two cards come onto one network. Port security drops what a guest answers by the other card; map them apart, or allow both addresses with `--address-pair`.',
};

/** Where no move is planned yet: each network of the source becomes one of the cloud. */
const crowdedAtSource = ({ nics }: InventoryVm): string[] =>
  nics
    .filter(({ network, networkName }, at) => {
      const place = network ?? networkName;
      return place !== null && nics.findIndex((other) => (other.network ?? other.networkName) === place) < at;
    })
    .map(({ label, network, networkName }) => `${label} on “${networkName ?? network ?? ''}”`);
