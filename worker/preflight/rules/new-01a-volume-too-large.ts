/** NEW-01a: a volume that is larger than the project may have a single one. */
import type { Rule } from '../rule.ts';
import type { WaveFacts } from '../wave-facts.ts';

export const volumeTooLarge: Rule<WaveFacts> = {
  id: 'NEW-01a',
  group: 'plan',
  severity: 'blocks',
  finds: ({ tooLarge }) => tooLarge,
  says: 'A volume is larger than a single one of this project may be.',
  remedy: 'Have that quota raised (per volume, in GiB), or boot from an image where it is the boot disk.',
  manual: 'Cinder’s quota “per_volume_gigabytes” bounds each single volume, whatever is left of the others.',
};
