/** OST-03: a volume type that is not there. */
import type { MoveFacts } from '../move-facts.ts';
import type { Rule } from '../rule.ts';
import { optionsFix } from '../fixes.ts';
import { NOT_WISHED } from '../beside.ts';
import { missingAmong } from '../naming.ts';

export const noVolumeType: Rule<MoveFacts> = {
  id: 'OST-03',
  group: 'cloud',
  severity: 'blocks',
  isBeside: ({ options }) => (options.volumeType === null ? NOT_WISHED : null),
  finds: ({ options, cloud }) =>
    missingAmong(
      [options.volumeType],
      cloud.volumeTypes.map(({ name }) => name),
    ),
  says: 'There is no volume type of this name.',
  remedy: 'Choose one of those that the project may use, or none (--volume-type).',
  fix: () => optionsFix('Take the type that the cloud takes by itself.', { volumeType: null }),
  manual: 'There is no volume type of the name that you gave (`--volume-type`).',
};
