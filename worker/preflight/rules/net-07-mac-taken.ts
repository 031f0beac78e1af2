/** NET-07: a MAC address that another port has. */
import type { MoveFacts } from '../move-facts.ts';
import type { Rule } from '../rule.ts';
import { optionsFix, removalOf } from '../fixes.ts';
import { byText } from '../naming.ts';

export const macTaken: Rule<MoveFacts> = {
  id: 'NET-07',
  group: 'networks',
  severity: 'blocks',
  finds: (facts) => clashesIn(facts).map(({ planned, by }) => `${planned.label}: ${planned.mac ?? ''}${byText(by)}`),
  says: 'A MAC address is taken by another port of the cloud.',
  remedy: 'Remove the port that has it (often of an earlier try), or let the cloud choose (--new-mac).',
  fix: (facts) =>
    removalOf([...new Set(clashesIn(facts).map(({ by }) => by))]) ??
    optionsFix('Let the cloud choose the MAC addresses.', { keepMac: false }),
  manual: 'Another port has the MAC, often one of an earlier try. Remove it (`guts tidy`), or use `--new-mac`.',
};

function clashesIn({ ports, cloud }: MoveFacts) {
  return ports.ports.flatMap((planned) => {
    const { mac, networkId } = planned;
    const by = cloud.ports.find((port) => port.network === networkId && port.mac.toLowerCase() === mac);
    return by === undefined ? [] : [{ planned, by }];
  });
}
