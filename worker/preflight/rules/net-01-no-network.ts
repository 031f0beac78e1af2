/** NET-01: a card that comes onto no network. */
import type { MoveFacts } from '../move-facts.ts';
import type { Rule } from '../rule.ts';

export const noNetwork: Rule<MoveFacts> = {
  id: 'NET-01',
  group: 'networks',
  severity: 'blocks',
  finds: ({ ports }) => ports.unmapped,
  says: 'A network card has no network in the cloud.',
  remedy: 'Say which network of the cloud it becomes (--map “SOURCE NETWORK=CLOUD NETWORK”).',
  manual: 'A card has no network in the cloud. Say which: `--map "SOURCE NETWORK=CLOUD NETWORK"`.',
};
