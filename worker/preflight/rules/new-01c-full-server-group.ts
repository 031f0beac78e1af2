/** NEW-01c: a server group that has no room for all machines of the wave. */
import type { Rule } from '../rule.ts';
import type { WaveFacts } from '../wave-facts.ts';

export const waveOverGroup: Rule<WaveFacts> = {
  id: 'NEW-01c',
  group: 'plan',
  severity: 'blocks',
  mayBeLowered: true,
  finds: ({ fullGroups }) => fullGroups,
  says: 'A server group may not have as many servers as the wave puts into it.',
  remedy:
    'Have the quota raised (server group members), put some of the machines into another group (--server-group), or leave it out.',
  manual:
    'Nova’s quota “server_group_members” bounds the servers of one group, usually to 10. Those that are in it are counted together with those of this wave and of earlier ones. Nova counts those of your user alone, so a group that several users fill may have room: a site may let this weigh less.',
};
