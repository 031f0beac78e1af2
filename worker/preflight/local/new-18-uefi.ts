/** NEW-18: UEFI firmware. */
import type { LocalRouteFacts } from '../facts.ts';
import type { Rule } from '../rule.ts';
import { NO_MACHINE } from './beside.ts';

export const uefi: Rule<LocalRouteFacts> = {
  id: 'NEW-18',
  group: 'hardware',
  severity: 'informs',
  isBeside: ({ vm }) => (vm === null ? NO_MACHINE : null),
  finds: ({ vm }) => (vm?.firmware === 'uefi' ? [vm.name] : []),
  says: 'The machine starts with UEFI firmware.',
  remedy: 'Have OVMF installed on the host that will run it; the domain asks for it.',
  manual: 'The machine starts with UEFI firmware, and its domain asks for it. The host that runs it needs OVMF.',
};
