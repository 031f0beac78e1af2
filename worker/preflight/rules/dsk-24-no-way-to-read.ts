/** DSK-24: disks that can be read in no way. */
import type { MoveFacts } from '../move-facts.ts';
import type { Rule } from '../rule.ts';

export const noWayToRead: Rule<MoveFacts> = {
  id: 'DSK-24',
  group: 'disks',
  severity: 'blocks',
  finds: ({ reading, readings, options }) =>
    reading === null
      ? readings
          .filter((one) => options.reading === 'auto' || options.reading === one.reading)
          .map((one) => `${one.reading}: ${one.obstacle ?? 'not chosen'}`)
      : [],
  says: 'There is no way to read the machine’s disks as they are now.',
  remedy: 'Remove what stands in the way of one of the ways named here, and check again.',
  manual:
    'No way of reading fits the disks as they are now. Each [way](vsphere.md#how-disks-are-read) is named with what stands against it; remove one of these obstacles.',
};
