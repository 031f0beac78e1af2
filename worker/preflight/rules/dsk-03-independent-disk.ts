/** DSK-03: a disk that snapshots leave out. */
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';
import { disksWhere } from '../naming.ts';

export const independentDisk: Rule<MachineFacts> = {
  id: 'DSK-03',
  group: 'disks',
  severity: 'informs',
  finds: ({ vm }) => disksWhere(vm, ({ mode }) => mode.startsWith('independent')),
  says: 'A disk is independent: snapshots leave it out, so it can only be copied while the machine is off.',
  remedy: 'Nothing to do for a move of a machine that is off.',
  manual: 'A disk is independent. Snapshots leave it out, so it can be copied only while the machine is off.',
};
