/** DSK-20: a package without disks. */
import type { LocalRouteFacts } from '../facts.ts';
import type { Rule } from '../rule.ts';

export const noDisk: Rule<LocalRouteFacts> = {
  id: 'DSK-20',
  group: 'disks',
  severity: 'blocks',
  finds: ({ disks, vm }) => (disks.length === 0 ? [vm?.name ?? 'the source'] : []),
  says: 'There is no disk to move.',
  remedy: 'Export the machine again with its disks, or name the file that holds them.',
  manual:
    'The package or file holds no disk. Export the machine again with its disks, or name the file that holds them.',
};
