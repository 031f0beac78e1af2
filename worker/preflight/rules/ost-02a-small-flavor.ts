/** OST-02a: a flavor that was named and is smaller than the machine. */
import { lackText } from '../../../main/shared/proposals/flavor.ts';
import type { MoveFacts } from '../move-facts.ts';
import type { Rule } from '../rule.ts';

export const smallFlavor: Rule<MoveFacts> = {
  id: 'OST-02a',
  group: 'cloud',
  severity: 'warns',
  isBeside: ({ options }) => (options.flavor === null ? 'you named none' : null),
  finds: ({ flavor }) =>
    flavor.found ? (flavor.lacks ?? []).map((lack) => lackText(flavor.flavor.value.name, lack)) : [],
  says: 'The flavor that you named is smaller than the machine.',
  remedy: 'Make sure that the guest gets by with less, or name a larger one (--flavor).',
  manual:
    'The flavor of `--flavor` has less vCPU or memory than the machine. That may be meant: much of it may be unused, and dynamic memory counts by its maximum. A disk that is too small is no matter of choice ([OST-02](#ost-02)).',
};
