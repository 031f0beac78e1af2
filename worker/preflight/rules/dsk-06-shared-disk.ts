/** DSK-06: a disk that several machines write to. */
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';
import { disksWhere } from '../naming.ts';

export const sharedDisk: Rule<MachineFacts> = {
  id: 'DSK-06',
  group: 'disks',
  severity: 'blocks',
  mayBeLowered: true,
  finds: ({ vm }) => disksWhere(vm, (disk) => disk.isMultiWriter || disk.controller.isShared),
  says: 'A disk is shared with other machines.',
  remedy: 'Stop sharing it, or move its data by other means; shared volumes are not made by Guts.',
  manual:
    'A disk is shared with other machines (multi-writer, a shared VHDX, a VHD set). One copy would be wrong for all of them; Guts makes no shared volumes.',
};
