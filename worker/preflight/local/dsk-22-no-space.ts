/** DSK-22: too little space at the destination. */
import type { LocalRouteFacts } from '../facts.ts';
import type { Rule } from '../rule.ts';
import { SPACE_UNKNOWN } from './beside.ts';
import { leastBytes, shortOf } from './space.ts';

export const noSpace: Rule<LocalRouteFacts> = {
  id: 'DSK-22',
  group: 'disks',
  severity: 'blocks',
  isBeside: ({ destination }) => (destination.freeBytes === null ? SPACE_UNKNOWN : null),
  finds: (facts) => shortOf(facts, leastBytes(facts.disks)),
  says: 'There is not enough free space at the destination.',
  remedy: 'Make room in the folder, or choose another one.',
  manual: 'The folder has less free space than the disks take at the least. Nothing is begun.',
};
