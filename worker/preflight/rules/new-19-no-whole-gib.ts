/** NEW-19: a disk whose size is no whole GiB. */
import { bytesText } from '../../../main/shared/figures.ts';
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

const GIB = 2 ** 30;

export const noWholeGib: Rule<MachineFacts> = {
  id: 'NEW-19',
  group: 'disks',
  severity: 'informs',
  finds: ({ vm }) =>
    vm.disks
      .filter(({ sizeBytes }) => sizeBytes % GIB !== 0)
      .map(({ label, sizeBytes }) => {
        const gib = Math.ceil(sizeBytes / GIB);
        return `${label}: ${bytesText(sizeBytes)} becomes ${gib} GiB (${bytesText(gib * GIB - sizeBytes)} more)`;
      }),
  says: 'The size of a disk is no whole GiB; its volume is rounded up, and the rest is empty.',
  remedy:
    'Nothing has to be done; a tool that reports a misplaced backup of the partition table (GPT) can move it to the end.',
  manual:
    'Volumes are whole GiB, so a disk of another size becomes a little larger. The end of a GPT disk is then not where its backup table lies; systems start from it all the same, and `sgdisk -e` moves the table.',
};
