/** DSK-28: a disk that takes long. */
import { bytesText } from '../../../main/shared/figures.ts';
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

const BIG_BYTES = 2 * 2 ** 40;

export const veryBigDisk: Rule<MachineFacts> = {
  id: 'DSK-28',
  group: 'disks',
  severity: 'informs',
  finds: ({ vm }) =>
    vm.disks
      .filter(({ sizeBytes }) => sizeBytes > BIG_BYTES)
      .map(({ label, sizeBytes }) => `${label}: ${bytesText(sizeBytes)}`),
  says: 'A disk is larger than 2 TiB: it takes long, and not every image store and volume backend takes one of that size.',
  remedy: 'Ask the cloud for the largest image and volume that it takes, and give the move a long window.',
  manual:
    'A disk is larger than 2 TiB. Some image stores and volume backends have a limit below that, and its copy takes many hours. Ask the cloud first; a guest that boots by BIOS cannot boot from what lies behind 2 TiB anyway.',
};
