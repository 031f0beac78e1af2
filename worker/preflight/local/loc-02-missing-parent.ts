/** LOC-02: a disk whose parent is missing. */
import type { LocalRouteFacts } from '../facts.ts';
import type { Rule } from '../rule.ts';
import { NEIGHBOUR_ERRORS, failures } from './disks.ts';

export const missingParent: Rule<LocalRouteFacts> = {
  id: 'LOC-02',
  group: 'disks',
  severity: 'blocks',
  finds: ({ disks }) => failures(disks, (code) => NEIGHBOUR_ERRORS.includes(code)),
  says: 'A disk stands on a parent or another file that is missing or not the right one.',
  remedy: 'Copy the whole chain into one folder, or allow the folder of the missing file (--allow-from).',
  manual:
    'A disk consists of several files, or stands on a parent, and one of them is missing or is another than the disk was made on. Files are looked for only in the folder of the package: `--allow-from FOLDER` allows another.',
};
