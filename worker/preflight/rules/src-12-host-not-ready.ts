/** SRC-12: a host that is leaving, or has left. */
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

export const hostNotReady: Rule<MachineFacts> = {
  id: 'SRC-12',
  group: 'source',
  severity: 'warns',
  isBeside: ({ host }) => (host === null ? 'the source does not tell which host the machine is on' : null),
  finds: ({ host }) =>
    host === null
      ? []
      : [
          ...(host.inMaintenance ? [`${host.name} is in maintenance mode`] : []),
          ...(host.isConnected ? [] : [`${host.name} is not connected`]),
        ],
  says: 'The host that the machine is on is in maintenance, or not connected, and may refuse to have disks read.',
  remedy: 'Wait until the host is back, or move the machine to another host, and check again.',
  manual:
    'The host of the machine is in maintenance mode or not connected to its vCenter. Reading may be refused or end on the way. Move the machine to another host, or wait.',
};
