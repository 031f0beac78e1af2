/** VM-14: a template. */
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

export const template: Rule<MachineFacts> = {
  id: 'VM-14',
  group: 'machine',
  severity: 'informs',
  finds: ({ vm }) => (vm.isTemplate ? [vm.name] : []),
  says: 'This is a template; it becomes a server.',
  remedy: 'Have its images kept as well (--keep-images).',
  manual: 'The machine is a template. It becomes a server like any other; `--keep-images` keeps the images too.',
};
