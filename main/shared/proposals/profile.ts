/** Proposes the hardware that a guest gets in the cloud: virtio where it is known to bring the drivers, else what every guest knows. */
import type { InventoryVm } from '../inventory.ts';
import type { Profile } from '../migration.ts';
import { bringsVirtio, lacksVirtio } from './virtio.ts';

export interface Chosen<T> {
  readonly value: T;
  readonly reason: string;
}

/** What it costs that a guest starts as it is. */
const COST =
  'So it gets SATA or IDE disks and an e1000 card, which it starts from as it is: slower, and at the cost of more of the host’s processors.';

export function profileFor(
  vm: Pick<InventoryVm, 'guestOsId' | 'guestOsName'>,
  wish: Profile | 'auto',
): Chosen<Profile> {
  if (wish !== 'auto') return { value: wish, reason: 'You chose it.' };
  const known = bringsVirtio(vm);
  if (known !== null) {
    return {
      value: 'virtio',
      reason: `${known} brings virtio drivers in its boot image, whatever it was installed on.`,
    };
  }
  return { value: 'compatible', reason: `${lacksVirtio(vm).why} ${COST}` };
}

/** Glance's word for the guest's system, as far as its hypervisor's id tells. */
export function distroOf(guestOsId: string | null): {
  readonly type: 'linux' | 'windows' | null;
  readonly distro: string | null;
} {
  const id = (guestOsId ?? '').toLowerCase();
  if (id.startsWith('win')) return { type: 'windows', distro: 'windows' };
  const distros: readonly (readonly [RegExp, string])[] = [
    [/^ubuntu/, 'ubuntu'],
    [/^debian/, 'debian'],
    [/^rhel|^redhat/, 'rhel'],
    [/^centos/, 'centos'],
    [/^rockylinux/, 'rocky'],
    [/^almalinux/, 'almalinux'],
    [/^oraclelinux/, 'ol'],
    [/^sles|^suse/, 'sles'],
    [/^opensuse/, 'opensuse'],
    [/^fedora/, 'fedora'],
    [/^coreos/, 'coreos'],
    [/^freebsd/, 'freebsd'],
  ];
  const distro = distros.find(([pattern]) => pattern.test(id))?.[1] ?? null;
  const isLinux = distro !== 'freebsd' && (distro !== null || /linux|photon|asianux|mandr|amazonlinux/.test(id));
  return { type: isLinux ? 'linux' : null, distro };
}
