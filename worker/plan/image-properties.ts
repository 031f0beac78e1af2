/** What Glance is told of a machine's images, so that Nova gives the guest the hardware that it needs. */
import type { InventoryVm } from '../../main/shared/inventory.ts';
import type { Profile } from '../../main/shared/migration.ts';
import { distroOf } from '../../main/shared/proposals/profile.ts';
import { diskBusesOf } from './disk-buses.ts';

/** Image properties by Nova's names (“Useful image properties” of Glance's documentation). */
export function imageProperties(
  vm: Pick<InventoryVm, 'firmware' | 'secureBoot' | 'guestOsId' | 'bootOrder' | 'disks'>,
  profile: Profile,
): Record<string, string> {
  const isUefi = vm.firmware === 'uefi';
  const { type, distro } = distroOf(vm.guestOsId);
  const { bus } = diskBusesOf(vm, profile);
  return {
    hw_disk_bus: bus,
    hw_vif_model: profile === 'virtio' ? 'virtio' : 'e1000',
    hw_firmware_type: isUefi ? 'uefi' : 'bios',
    // Only the older board has IDE, and not every cloud gives it unasked.
    ...(isUefi ? { hw_machine_type: 'q35' } : bus === 'ide' ? { hw_machine_type: 'pc' } : {}),
    ...(vm.secureBoot ? { os_secure_boot: 'required' } : {}),
    ...(type === null ? {} : { os_type: type }),
    ...(distro === null ? {} : { os_distro: distro }),
  };
}
