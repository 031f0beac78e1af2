/** Proposes the hardware that a guest gets in the cloud: virtio where it is known to bring the drivers, else what every guest knows. */
import type { InventoryVm } from '../inventory.ts';
import type { Profile } from '../migration.ts';

export interface Chosen<T> {
  readonly value: T;
  readonly reason: string;
}

/**
 * Guests whose boot images bring virtio whatever hardware they were installed on. Others (Red Hat's family, SUSE) build
 * theirs for the hardware of the day they were installed, and Windows needs drivers that somebody put there.
 */
const BRINGS_VIRTIO: readonly { readonly pattern: RegExp; readonly name: string }[] = [
  { pattern: /^ubuntu/i, name: 'Ubuntu' },
  { pattern: /^debian/i, name: 'Debian' },
  { pattern: /^coreos/i, name: 'CoreOS and Flatcar' },
];

export function profileFor(
  vm: Pick<InventoryVm, 'guestOsId' | 'guestOsName'>,
  wish: Profile | 'auto',
): Chosen<Profile> {
  if (wish !== 'auto') return { value: wish, reason: 'You chose it.' };
  const id = vm.guestOsId ?? '';
  const known = bringsVirtio(vm);
  if (known !== null) {
    return {
      value: 'virtio',
      reason: `${known} brings virtio drivers in its boot image, whatever it was installed on.`,
    };
  }
  const guest = vm.guestOsName ?? (id === '' ? 'This guest' : id);
  return {
    value: 'compatible',
    reason: `${guest} is not known to bring virtio drivers, so it gets disks and network cards that it can start from as it is.`,
  };
}

/** The name of a family of guests that start on virtio whatever they were installed on; null for all others. */
export const bringsVirtio = ({ guestOsId }: Pick<InventoryVm, 'guestOsId'>): string | null =>
  BRINGS_VIRTIO.find(({ pattern }) => pattern.test(guestOsId ?? ''))?.name ?? null;

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
