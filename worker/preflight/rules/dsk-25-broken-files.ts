/** DSK-25: a disk whose files cannot be read. */
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

export const brokenFiles: Rule<MachineFacts> = {
  id: 'DSK-25',
  group: 'disks',
  severity: 'blocks',
  finds: ({ vm }) => vm.disks.flatMap(({ label, problem }) => (problem === undefined ? [] : [`${label}: ${problem}`])),
  says: 'The files of a disk cannot be read as they are.',
  remedy: 'Bring back what is missing, or have the disk repaired or restored, and check again.',
  manual:
    'The files of a disk cannot be read as they are: one is missing, such as a parent that was moved, a parent was changed after its child was made, or a file is damaged. What the file or the host says of it stands beside the disk’s name.',
};
