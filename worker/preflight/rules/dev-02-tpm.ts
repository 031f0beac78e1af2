/** DEV-02: a TPM, whose contents stay behind. */
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

export const tpm: Rule<MachineFacts> = {
  id: 'DEV-02',
  group: 'hardware',
  severity: 'warns',
  finds: ({ vm }) => (vm.hasTpm ? [vm.name] : []),
  says: 'The machine has a TPM, whose contents do not move.',
  remedy: 'Suspend BitLocker or whatever else is sealed to the TPM before, and have the recovery key at hand.',
  manual:
    'The machine has a TPM, and its contents do not move. Suspend BitLocker and have its recovery key at hand, or the guest will ask for it.',
};
