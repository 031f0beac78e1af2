/** OST-06: a server group that is not there. */
import type { MoveFacts } from '../move-facts.ts';
import type { Rule } from '../rule.ts';
import { NOT_WISHED } from '../beside.ts';
import { missing } from '../naming.ts';

export const noServerGroup: Rule<MoveFacts> = {
  id: 'OST-06',
  group: 'cloud',
  severity: 'blocks',
  isBeside: ({ options }) => (options.serverGroup === null ? NOT_WISHED : null),
  finds: ({ options, serverGroup }) => missing(options.serverGroup, serverGroup !== undefined),
  says: 'There is no server group of this name.',
  remedy: 'Make it first, or leave it out.',
  manual: 'There is no server group of the name that you gave (`--server-group`).',
};
