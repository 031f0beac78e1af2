/** OST-14: a key pair that is not there. */
import type { MoveFacts } from '../move-facts.ts';
import type { Rule } from '../rule.ts';
import { NOT_WISHED } from '../beside.ts';
import { missingAmong } from '../naming.ts';

export const noKeyPair: Rule<MoveFacts> = {
  id: 'OST-14',
  group: 'cloud',
  severity: 'blocks',
  isBeside: ({ options }) => (options.keyPair === null ? NOT_WISHED : null),
  finds: ({ options, cloud }) => missingAmong([options.keyPair], cloud.keyPairs),
  says: 'There is no key pair of this name.',
  remedy: 'Choose one of the user’s own, or make it there first.',
  manual: 'There is no key pair of the name that you gave (`--key-pair`).',
};
