/** DSK-26: a disk with sectors of 4 KiB. */
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

const SECTOR_BYTES = 512;

export const largeSectors: Rule<MachineFacts> = {
  id: 'DSK-26',
  group: 'disks',
  severity: 'warns',
  finds: ({ vm }) =>
    vm.disks.flatMap(({ label, sectorBytes = SECTOR_BYTES }) =>
      sectorBytes === SECTOR_BYTES ? [] : [`${label}: ${sectorBytes} bytes`],
    ),
  says: 'A disk has sectors of 4 KiB and its partition table counts in them, so it may not boot from a volume with sectors of 512 bytes.',
  remedy: 'Choose a volume type with sectors of 4 KiB (--volume-type), or have the disk converted to 512 bytes first.',
  manual:
    'A disk has sectors of 4 KiB (“4Kn”). Its guest’s partition table counts in them, and most volumes have sectors of 512 bytes, from which it would not boot. Choose a volume type with sectors of 4 KiB, or have the disk converted first.',
};
