/** DSK-22a: space that may not be enough. */
import type { LocalRouteFacts } from '../facts.ts';
import type { Rule } from '../rule.ts';
import { SPACE_UNKNOWN } from './beside.ts';
import { leastBytes, mostBytes, shortOf } from './space.ts';

export const scarceSpace: Rule<LocalRouteFacts> = {
  id: 'DSK-22a',
  group: 'disks',
  severity: 'warns',
  isBeside: ({ destination }) => (destination.freeBytes === null ? SPACE_UNKNOWN : null),
  finds: (facts) => (shortOf(facts, leastBytes(facts.disks)).length > 0 ? [] : shortOf(facts, mostBytes(facts.disks))),
  says: 'The free space at the destination may not be enough: how much the disks really hold shows only while they are read.',
  remedy:
    'Make room in the folder, or choose another one. Nothing is lost if it runs full: the unfinished files are removed.',
  manual:
    'The folder has room for what the source’s files take, and not for what their disks may hold. How much that is shows only while they are read.',
};
