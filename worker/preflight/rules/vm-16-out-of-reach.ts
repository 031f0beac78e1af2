/** VM-16: a machine that its source cannot reach. */
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

export const outOfReach: Rule<MachineFacts> = {
  id: 'VM-16',
  group: 'machine',
  severity: 'blocks',
  finds: ({ vm }) => (vm.connection === 'connected' ? [] : [`the machine is ${vm.connection}`]),
  says: 'The source cannot reach the machine’s files.',
  remedy: 'Bring the host or datastore back, or register the machine again, and check again.',
  manual:
    'The machine is disconnected, orphaned or inaccessible, so its host cannot read its files. Bring host or datastore back, or register the machine again.',
};
