/** OST-05: a security group that is not there. */
import type { MoveFacts } from '../move-facts.ts';
import type { Rule } from '../rule.ts';
import { NOT_WISHED } from '../beside.ts';
import { missingAmong } from '../naming.ts';

export const noSecurityGroup: Rule<MoveFacts> = {
  id: 'OST-05',
  group: 'cloud',
  severity: 'blocks',
  isBeside: ({ options }) => (options.securityGroups.length === 0 ? NOT_WISHED : null),
  finds: ({ options, groups }) =>
    missingAmong(
      options.securityGroups.filter((one) => !groups.some(({ id }) => id === one)),
      groups.map(({ name }) => name),
    ),
  says: 'There is no security group of this name.',
  remedy: 'Choose one of those of the project, or make it there first.',
  manual: 'There is no security group of the name that you gave (`--security-group`).',
};
