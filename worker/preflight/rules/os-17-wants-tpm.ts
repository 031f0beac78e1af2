/** OS-17: a system that wants a TPM. */
import { named } from '../guest-system.ts';
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

const WANTS_TPM = /windows11|windows 11/i;

export const wantsTpm: Rule<MachineFacts> = {
  id: 'OS-17',
  group: 'guest',
  severity: 'warns',
  finds: ({ vm }) => (WANTS_TPM.test(`${vm.guestOsId ?? ''} ${vm.guestOsName ?? ''}`) ? [named(vm)] : []),
  says: 'Windows 11 wants a TPM, Secure Boot and UEFI, or its upgrades stop.',
  remedy: 'Choose a flavor or image properties with a TPM (hw_tpm_version), where the cloud has them.',
  manual:
    'Windows 11 runs without a TPM and refuses its larger upgrades. A server has one by `hw_tpm_version` and `hw_tpm_model` of its flavor or image, where the cloud’s hosts have it.',
};
