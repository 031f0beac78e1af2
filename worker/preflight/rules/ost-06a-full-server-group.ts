/** OST-06a: a server group that has as many members as it may have. */
import type { MoveFacts } from '../move-facts.ts';
import type { Rule } from '../rule.ts';
import { NOT_WISHED } from '../beside.ts';

export const fullServerGroup: Rule<MoveFacts> = {
  id: 'OST-06a',
  group: 'cloud',
  severity: 'blocks',
  mayBeLowered: true,
  isBeside: ({ options }) => (options.serverGroup === null ? NOT_WISHED : null),
  finds: ({ serverGroup, cloud: { mostGroupMembers = null } }) => {
    const { name = '', members = 0 } = serverGroup ?? {};
    return mostGroupMembers === null || members < mostGroupMembers
      ? []
      : [`“${name}”: ${members} of ${mostGroupMembers} servers`];
  },
  says: 'The server group has as many servers as it may have.',
  remedy: 'Have the quota raised (server group members), choose another group (--server-group), or leave it out.',
  manual:
    'Nova’s quota “server_group_members” bounds the servers of one group, usually to 10. Guts counts all of its members; Nova counts those of your user alone, so a group that several users fill may have room: a site may let this weigh less.',
};
