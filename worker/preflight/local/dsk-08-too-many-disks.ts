/** DSK-08: more disks than a guest can have. */
import type { LocalRouteFacts } from '../facts.ts';
import type { Rule } from '../rule.ts';

/** The letters of vda … vdz; also about what one virtio-blk guest has slots for. */
const MOST_DISKS = 26;

export const tooManyDisks: Rule<LocalRouteFacts> = {
  id: 'DSK-08',
  group: 'disks',
  severity: 'blocks',
  finds: ({ disks }) => (disks.length > MOST_DISKS ? [`${disks.length} disks`] : []),
  says: `A machine with virtio disks can have ${MOST_DISKS} of them.`,
  remedy: 'Leave disks out of this migration and convert them one by one (“guts convert”).',
  manual:
    'A domain has names for 26 virtio disks (vda to vdz), and the machine has more. `guts convert` takes each disk by itself.',
};
