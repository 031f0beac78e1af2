/** DEV-11: security that stands on virtualisation. */
import { onlyVsphere, untold } from '../beside.ts';
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

export const virtualisationSecurity: Rule<MachineFacts> = {
  id: 'DEV-11',
  group: 'hardware',
  severity: 'informs',
  isBeside: ({ vm }) => onlyVsphere(vm) ?? untold(vm),
  finds: ({ vm }) => (vm.traits?.hasVbs === true ? [vm.name] : []),
  says: 'Virtualisation-based security is on; Windows starts without it where the cloud does not hand virtualisation to servers.',
  remedy:
    'Look whether a policy insists on it (Credential Guard, HVCI “with UEFI lock”), and whether the cloud’s hosts allow it.',
  manual:
    'Virtualisation-based security (VBS) is on. Windows runs without it where a server gets no nested virtualisation, unless a policy insists. Look at Credential Guard and memory integrity.',
};
