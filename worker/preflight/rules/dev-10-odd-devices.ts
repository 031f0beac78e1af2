/** DEV-10: devices that servers do not have. */
import { onlyVsphere, untold } from '../beside.ts';
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

export const oddDevices: Rule<MachineFacts> = {
  id: 'DEV-10',
  group: 'hardware',
  severity: 'informs',
  isBeside: ({ vm }) => onlyVsphere(vm) ?? untold(vm),
  finds: ({ vm: { traits } }) => traits?.oddDevices ?? [],
  says: 'The machine has devices that a server of a cloud does not have.',
  remedy: 'Nothing has to be done, unless something in the guest uses them.',
  manual:
    'A floppy drive, a sound card or a controller of USB does not come along. Guests that do not use them do not miss them.',
};
