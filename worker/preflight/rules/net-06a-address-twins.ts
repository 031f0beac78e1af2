/** NET-06a: machines of a wave that would keep one address. */
import type { Rule } from '../rule.ts';
import type { WaveFacts } from '../wave-facts.ts';
import { twinsOf } from '../twin-words.ts';

export const addressTwins: Rule<WaveFacts> = {
  id: 'NET-06a',
  group: 'networks',
  severity: 'blocks',
  finds: ({ twins }) => twinsOf('address', twins),
  says: 'Several machines of the plan would have the same address on one network.',
  remedy: 'Let the cloud choose the address of all but one (--map NET=NET:auto), or map them to different networks.',
  manual: 'The first of them gets the address; Neutron refuses the port of every other one.',
};
