/** DSK-27: a disk that stands on the disk of a template or of another machine. */
import { things } from '../../../main/shared/figures.ts';
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

export const foreignBase: Rule<MachineFacts> = {
  id: 'DSK-27',
  group: 'disks',
  severity: 'informs',
  finds: ({ vm }) =>
    vm.needsConsolidation
      ? []
      : vm.disks
          .filter(({ chainLength }) => chainLength - 1 > vm.snapshots.length)
          .map(
            ({ label, chainLength }) => `${label}: ${chainLength} files, ${things(vm.snapshots.length, 'snapshot')}`,
          ),
  says: 'A disk stands on the disk of a template or of another machine (a linked clone, a differencing disk); what is moved is the whole.',
  remedy: 'Leave the disk below in its place until the machine has moved.',
  manual:
    'A disk has more files below it than the machine has snapshots: it is a linked clone or a differencing disk, and stands on the disk of a template or of another machine. Its copy in the cloud is whole and stands alone, so it may take more room than it does now.',
};
