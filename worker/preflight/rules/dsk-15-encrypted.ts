/** DSK-15: what the hypervisor has encrypted. */
import { isEncryptedForTpm } from '../../../main/shared/proposals/encryption.ts';
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';
import { disksWhere } from '../naming.ts';

export const encrypted: Rule<MachineFacts> = {
  id: 'DSK-15',
  group: 'disks',
  severity: 'blocks',
  finds: ({ vm }) => [
    ...(vm.isEncrypted && !isEncryptedForTpm(vm) ? ['the machine’s home'] : []),
    ...disksWhere(vm, ({ isEncrypted }) => isEncrypted),
  ],
  says: 'The hypervisor encrypts the machine or a disk, so what is read would be of no use.',
  remedy: 'Change the storage policy to one without encryption while the machine is off, then check again.',
  manual:
    'The machine’s home or a disk is encrypted by vSphere. What is read would stay encrypted, and its key stays behind. Give it a storage policy without encryption while it is off. Where only its home is, for a TPM, that is [DEV-02a](#dev-02a).',
};
