/** LOC-03: a file that is there already. */
import type { LocalRouteFacts } from '../facts.ts';
import type { Rule } from '../rule.ts';

export const fileInTheWay: Rule<LocalRouteFacts> = {
  id: 'LOC-03',
  group: 'disks',
  severity: 'blocks',
  isBeside: ({ destination }) => (destination.mayReplace ? 'you allowed that files are replaced' : null),
  finds: ({ destination }) => destination.existing,
  says: 'A file that would be written is there already.',
  remedy: 'Choose another folder, move the file away, or have it replaced (--force).',
  manual: 'A file that would be written is there. Nothing is replaced unasked: `--force` says that it may be.',
};
