/** DSK-01: a disk without a size. */
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';
import { disksWhere } from '../naming.ts';

export const noSize: Rule<MachineFacts> = {
  id: 'DSK-01',
  group: 'disks',
  severity: 'blocks',
  // Of a disk that is shared, passed through or broken a host may tell no size: what it is, is another rule’s.
  finds: ({ vm }) =>
    disksWhere(
      vm,
      ({ sizeBytes, problem, rawDevice, isMultiWriter }) =>
        sizeBytes === 0 && problem === undefined && rawDevice === null && !isMultiWriter,
    ),
  says: 'A disk has no size.',
  remedy: 'Repair or remove the disk in the source, and check again.',
  manual: 'A disk has no size. Repair it or take it away in the source.',
};
