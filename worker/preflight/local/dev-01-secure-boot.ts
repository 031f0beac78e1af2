/** DEV-01: Secure Boot. */
import type { LocalRouteFacts } from '../facts.ts';
import type { Rule } from '../rule.ts';
import { NO_MACHINE } from './beside.ts';

export const secureBoot: Rule<LocalRouteFacts> = {
  id: 'DEV-01',
  group: 'hardware',
  severity: 'informs',
  isBeside: ({ vm }) => (vm === null ? NO_MACHINE : null),
  finds: ({ vm }) => (vm?.secureBoot === true ? [vm.name] : []),
  says: 'The machine uses secure boot; its own keys and variables do not come along.',
  remedy: 'Use an OVMF build with the usual keys enrolled, and enrol again what the guest had of its own.',
  manual: 'The machine uses Secure Boot. The variables of its firmware stay behind, and with them keys of its own.',
};
