/** OST-04: an availability zone that is not there. */
import type { MoveFacts } from '../move-facts.ts';
import type { Rule } from '../rule.ts';
import { optionsFix } from '../fixes.ts';
import { NOT_WISHED } from '../beside.ts';
import { missingAmong } from '../naming.ts';

export const noZone: Rule<MoveFacts> = {
  id: 'OST-04',
  group: 'cloud',
  severity: 'blocks',
  isBeside: ({ options }) => (options.availabilityZone === null ? NOT_WISHED : null),
  finds: ({ options, cloud }) => missingAmong([options.availabilityZone], cloud.availabilityZones),
  says: 'There is no availability zone of this name.',
  remedy: 'Choose one of those that there are, or none (--availability-zone).',
  fix: () => optionsFix('Leave the zone to the cloud.', { availabilityZone: null }),
  manual: 'There is no availability zone of the name that you gave (`--availability-zone`).',
};
