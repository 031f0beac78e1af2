/** LOC-04: a disk that ends within a sector. */
import type { LocalRouteFacts } from '../facts.ts';
import type { Rule } from '../rule.ts';
import { opened } from './disks.ts';

const SECTOR_BYTES = 512;

export const brokenSector: Rule<LocalRouteFacts> = {
  id: 'LOC-04',
  group: 'disks',
  severity: 'warns',
  finds: ({ disks }) =>
    opened(disks)
      .filter(({ image }) => image.virtualSizeBytes % SECTOR_BYTES !== 0)
      .map(({ name, image }) => `${name}: ${image.virtualSizeBytes} bytes`),
  says: 'A disk does not end with a whole sector of 512 bytes.',
  remedy:
    'Its end may be missing: copy the file again. If that is its true size, the moved disk ends with zeros up to the sector.',
  manual:
    'The length of a disk is no multiple of 512 bytes, as if its end were missing. If it has always been so, the moved disk ends with zeros up to the sector.',
};
