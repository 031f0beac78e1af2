/** NEW-03: what may be a domain controller. */
import { domainHintsOf } from '../domain-hints.ts';
import { notWindows } from '../guest-system.ts';
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

export const domainController: Rule<MachineFacts> = {
  id: 'NEW-03',
  group: 'guest',
  severity: 'warns',
  isBeside: ({ vm }) => notWindows(vm),
  finds: ({ vm }) => domainHintsOf(vm),
  says: 'By its name this may be a domain controller of Active Directory; a copy of one that is not the last state can damage the domain.',
  remedy:
    'If it is one, make a new domain controller in the cloud instead and demote this one; else copy it only while it is off, and never start both.',
  manual:
    'A Windows Server has “DC” or “AD” in its name or a tag that says so. This is a guess: only the guest knows. Moving a domain controller is not recommended (USN rollback, VM-GenerationID); make a new one in the cloud and let it replicate.',
};
