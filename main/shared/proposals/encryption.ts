/** What of a machine its hypervisor encrypts, and why. */
import type { InventoryVm } from '../inventory.ts';

/** A virtual TPM has vSphere encrypt the machine’s home, and none of its disks. */
export const isEncryptedForTpm = ({ isEncrypted, hasTpm, disks }: InventoryVm): boolean =>
  isEncrypted && hasTpm && disks.every((disk) => !disk.isEncrypted);
