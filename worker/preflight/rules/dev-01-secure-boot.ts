/** DEV-01: Secure Boot. */
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

export const secureBoot: Rule<MachineFacts> = {
  id: 'DEV-01',
  group: 'hardware',
  severity: 'informs',
  finds: ({ vm }) => (vm.secureBoot ? [vm.name] : []),
  says: 'Secure Boot is on, and the new server asks for it too.',
  remedy: 'Make sure that the cloud’s hosts have the firmware for it.',
  manual: 'Secure Boot is on, and the server asks for it too. The cloud’s hosts need the firmware for it.',
};
