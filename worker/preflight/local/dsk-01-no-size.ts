/** DSK-01: a disk without a size. */
import type { LocalRouteFacts } from '../facts.ts';
import type { Rule } from '../rule.ts';
import { opened } from './disks.ts';

export const noSize: Rule<LocalRouteFacts> = {
  id: 'DSK-01',
  group: 'disks',
  severity: 'blocks',
  finds: ({ disks }) =>
    opened(disks)
      .filter(({ image }) => image.virtualSizeBytes === 0)
      .map(({ name }) => name),
  says: 'A disk has no size.',
  remedy: 'Leave the disk out, or export it again.',
  manual: 'A disk has no size, so there is nothing to copy. Leave it out, or export the machine again.',
};
