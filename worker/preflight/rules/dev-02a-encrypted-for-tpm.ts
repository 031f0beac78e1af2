/** DEV-02a: a TPM for which vSphere encrypts the machine’s home. */
import { isEncryptedForTpm } from '../../../main/shared/proposals/encryption.ts';
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

export const encryptedForTpm: Rule<MachineFacts> = {
  id: 'DEV-02a',
  group: 'hardware',
  severity: 'blocks',
  isBeside: ({ vm }) => (vm.hasTpm ? null : 'no TPM is known of the machine'),
  finds: ({ vm }) => (isEncryptedForTpm(vm) ? ['the machine’s home, not its disks'] : []),
  says: 'vSphere encrypts the machine’s home for its TPM, and nobody has shown that its disks can be read then.',
  remedy:
    'Suspend BitLocker or whatever else is sealed to the TPM and take its recovery key, remove the TPM while the machine is off, then check again.',
  manual:
    'A virtual TPM has vSphere encrypt the files of the machine’s home. Its disks are not encrypted, but whether they can be exported then is not proved. What is sealed to the TPM is lost with it: suspend BitLocker and take its recovery key before, then remove the TPM while the machine is off. Where the home is still encrypted afterwards, [DSK-15](#dsk-15) says what to do.',
};
