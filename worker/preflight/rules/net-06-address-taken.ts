/** NET-06: an address that another port has. */
import type { MoveFacts } from '../move-facts.ts';
import type { Rule } from '../rule.ts';
import { withoutAddresses } from '../address-fixes.ts';
import { removalOf } from '../fixes.ts';
import { byText } from '../naming.ts';

export const addressTaken: Rule<MoveFacts> = {
  id: 'NET-06',
  group: 'networks',
  severity: 'blocks',
  finds: (facts) => clashesIn(facts).map(({ planned, address, by }) => `${planned.label}: ${address}${byText(by)}`),
  says: 'An address is taken by another port of the cloud.',
  remedy: 'Remove the port that has it, choose another address, or let the cloud choose (--map NET=NET:auto).',
  fix: (facts) => {
    const clashes = clashesIn(facts);
    return (
      removalOf([...new Set(clashes.map(({ by }) => by))]) ??
      withoutAddresses(
        clashes.map(({ planned: { nicKey }, address }) => ({ nicKey, address })),
        facts,
        { mayGiveUp: true },
      )
    );
  },
  manual: 'Another port of the cloud has the address. Remove that port, choose another address, or `:auto`.',
};

function clashesIn({ ports, cloud }: MoveFacts) {
  return ports.ports.flatMap((planned) =>
    planned.fixedIps.flatMap(({ address }) => {
      const by = cloud.ports.find((port) => port.network === planned.networkId && port.addresses.includes(address));
      return by === undefined ? [] : [{ planned, address, by }];
    }),
  );
}
