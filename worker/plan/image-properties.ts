/** What Glance is told of a machine's images, so that Nova gives the guest the hardware that it needs. */
import type { InventoryVm } from '../../main/shared/inventory.ts';
import type { Profile } from '../../main/shared/migration.ts';
import { distroOf } from '../../main/shared/proposals/profile.ts';

/** Image properties by Nova's names (“Useful image properties” of Glance's documentation). */
export function imageProperties(
  vm: Pick<InventoryVm, 'firmware' | 'secureBoot' | 'guestOsId' | 'disks'>,
  profile: Profile,
): Record<string, string> {
  const isUefi = vm.firmware === 'uefi';
  const { type, distro } = distroOf(vm.guestOsId);
  // The newer board, which UEFI needs, has no IDE.
  const isIde = !isUefi && vm.disks[0]?.controller.kind === 'ide';
  return {
    hw_disk_bus: profile === 'virtio' ? 'virtio' : isIde ? 'ide' : 'sata',
    hw_vif_model: profile === 'virtio' ? 'virtio' : 'e1000',
    hw_firmware_type: isUefi ? 'uefi' : 'bios',
    ...(isUefi ? { hw_machine_type: 'q35' } : {}),
    ...(vm.secureBoot ? { os_secure_boot: 'required' } : {}),
    ...(type === null ? {} : { os_type: type }),
    ...(distro === null ? {} : { os_distro: distro }),
  };
}
