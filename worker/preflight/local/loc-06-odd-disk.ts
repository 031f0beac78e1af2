/** LOC-06: something unusual about a disk. */
import type { LocalRouteFacts } from '../facts.ts';
import type { Rule } from '../rule.ts';
import { opened } from './disks.ts';

export const oddDisk: Rule<LocalRouteFacts> = {
  id: 'LOC-06',
  group: 'disks',
  severity: 'warns',
  finds: ({ disks }) =>
    opened(disks).flatMap(({ name, image }) => image.warnings.map((warning) => `${name}: ${warning}`)),
  says: 'A disk can be read, but something about it is unusual.',
  remedy: 'Read the notes; compare the moved disk with the source before you delete the source.',
  manual:
    'A disk can be read, and its reader noticed something, such as a footer that differs from its copy. The note stands beside the disk’s name.',
};
