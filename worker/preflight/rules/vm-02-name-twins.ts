/** VM-02: machines of a wave whose servers would have one name. */
import type { Rule } from '../rule.ts';
import type { WaveFacts } from '../wave-facts.ts';
import { twinsOf } from '../twin-words.ts';

export const nameTwins: Rule<WaveFacts> = {
  id: 'VM-02',
  group: 'plan',
  severity: 'warns',
  finds: ({ twins }) => twinsOf('name', twins),
  says: 'Several machines of the plan would become servers of the same name.',
  remedy: 'Give each a name of its own (options.targetName of the machine in the plan).',
  manual: 'Nova allows servers of one name; people mix them up, and scripts take the wrong one.',
};
