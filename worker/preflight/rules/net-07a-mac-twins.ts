/** NET-07a: machines of a wave that would keep one MAC address. */
import type { Rule } from '../rule.ts';
import type { WaveFacts } from '../wave-facts.ts';
import { twinsOf } from '../twin-words.ts';

export const macTwins: Rule<WaveFacts> = {
  id: 'NET-07a',
  group: 'networks',
  severity: 'blocks',
  finds: ({ twins }) => twinsOf('mac', twins),
  says: 'Several machines of the plan would have the same MAC address on one network.',
  remedy: 'Let the cloud choose the MAC of all but one (--new-mac), or map them to different networks.',
  manual: 'Clones often share a MAC. The first of them gets it; Neutron refuses the port of every other one.',
};
