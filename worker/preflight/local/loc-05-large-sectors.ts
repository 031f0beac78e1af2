/** LOC-05: a disk with sectors of 4 KiB. */
import type { LocalRouteFacts } from '../facts.ts';
import type { Rule } from '../rule.ts';
import { opened } from './disks.ts';

export const largeSectors: Rule<LocalRouteFacts> = {
  id: 'LOC-05',
  group: 'disks',
  severity: 'warns',
  finds: ({ disks }) =>
    opened(disks)
      .filter(({ image }) => image.sectorSizeBytes === 4096)
      .map(({ name }) => name),
  says: 'A disk has sectors of 4 KB; its partition table counts in them, and most virtual disks have sectors of 512 bytes.',
  remedy:
    'Give the moved disk a logical block size of 4096 (in libvirt: blockio with logical_block_size), or it will not boot.',
  manual:
    'A disk has sectors of 4 KiB (“4Kn”). Its partition table counts in them, so the moved disk has to be presented with sectors of that size, or its guest does not boot.',
};
