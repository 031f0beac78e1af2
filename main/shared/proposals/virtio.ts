/**
 * What is known of virtio drivers in guests, by what their makers ship. Guts looks at what the source says of a guest, live or in
 * an export, and never into its disks: whatever is not certain for everybody is not taken for granted.
 *
 * - Debian and Ubuntu: initramfs-tools builds boot images with MODULES=most unless somebody changed that, which takes in virtio_pci
 *   and every driver of block devices. Debian 4 has a kernel without virtio.
 * - CoreOS and Flatcar: one image for every platform, KVM among them.
 * - Red Hat’s family from 7 on, Fedora from 19 on, SUSE from 12 on: dracut builds for this host only (hostonly); kernels have the drivers as modules, so what was installed on VMware or Hyper-V has a boot image without them.
 * - Red Hat’s family up to 6 and SUSE up to 11: mkinitrd or an early dracut, each with what was there or configured.
 * - Windows: none until somebody installs the drivers (virtio-win), and the one of the boot disk has to start with it.
 */
import type { InventoryVm } from '../inventory.ts';

type Told = Pick<InventoryVm, 'guestOsId' | 'guestOsName'>;

interface Family {
  readonly pattern: RegExp;
  /** Null where it brings them for certain. */
  readonly lacks: {
    readonly why: string;
    readonly remedy: string;
  } | null;
  readonly name: string;
}

const CHOOSE = 'then choose virtio for it (--profile virtio).';

const dracut = (name: string): NonNullable<Family['lacks']> => ({
  why: `${name} has virtio drivers, but its boot image has those of the hardware that it was built on (dracut, hostonly), and nobody outside of the disk can tell whether virtio’s are among them.`,
  remedy: `Before the move, have the guest put them into its boot image: the line add_drivers+=" virtio_pci virtio_blk virtio_scsi virtio_net " in /etc/dracut.conf.d/virtio.conf, then dracut -f; ${CHOOSE}`,
});

const mkinitrd = (name: string): NonNullable<Family['lacks']> => ({
  why: `${name} has a boot image for the hardware that it was installed on, which lacks virtio’s drivers unless somebody put them in; not all of its kernels have them.`,
  remedy: `Leave it as it is; or have the guest build a boot image with virtio_pci and virtio_blk before the move (mkinitrd or dracut), ${CHOOSE}`,
});

/** Ids of vSphere, and names as exports have them. The first that fits counts. */
const FAMILIES: readonly Family[] = [
  { pattern: /^ubuntu/i, name: 'Ubuntu', lacks: null },
  { pattern: /^debian(?!4)(?!.* 4\b)/i, name: 'Debian', lacks: null },
  { pattern: /^(coreos|flatcar)/i, name: 'CoreOS or Flatcar', lacks: null },
  {
    pattern: /^win|windows/i,
    name: 'Windows',
    lacks: {
      why: 'Windows has no virtio drivers of its own, and nobody outside of the disk can tell whether somebody has installed them.',
      remedy: `Before the move, install the drivers in the guest (virtio-win), that of the boot disk (viostor) so that it starts with Windows; ${CHOOSE}`,
    },
  },
  {
    pattern: /^(rhel|centos|oraclelinux)[2-6](_64)?guest|(red hat|centos|oracle)\D* [2-6](\.\d+)?( \(|$)/i,
    name: 'Red Hat’s family up to 6',
    lacks: mkinitrd('Red Hat’s family up to 6'),
  },
  {
    pattern: /^sles(10|11)?(_64)?guest|^suse(64)?guest|suse\D* (8|9|10|11)\b/i,
    name: 'SUSE up to 11',
    lacks: mkinitrd('SUSE up to 11'),
  },
  {
    pattern:
      /^(rhel|redhat|centos|rockylinux|almalinux|oraclelinux|fedora|amazonlinux)|red hat|centos|rocky|alma ?linux|oracle|fedora|amazon linux/i,
    name: 'Red Hat’s family',
    lacks: dracut('Red Hat’s family (RHEL, CentOS, Rocky, Alma, Oracle, Fedora, Amazon)'),
  },
  { pattern: /^(sles|suse|opensuse)|suse/i, name: 'SUSE', lacks: dracut('SUSE') },
];

/** By the source’s id where it has one; a name is what is left. */
const familyOf = ({ guestOsId, guestOsName }: Told): Family | undefined =>
  FAMILIES.find(({ pattern }) => pattern.test(guestOsId ?? guestOsName ?? ''));

/** The name of a family of guests that start on virtio whatever they were installed on; null for all others. */
export function bringsVirtio(vm: Told): string | null {
  const family = familyOf(vm);
  return family === undefined || family.lacks !== null ? null : family.name;
}

/** Why a guest is not known to start on virtio, and how that can be changed. */
export function lacksVirtio(vm: Told): { readonly why: string; readonly remedy: string } {
  const found = familyOf(vm)?.lacks;
  if (found !== undefined && found !== null) return found;
  const guest = vm.guestOsName ?? vm.guestOsId;
  return {
    why: `${guest ?? 'Nobody tells which system the guest has: it'} is not known to start on virtio.`,
    remedy: `Find out whether it has the drivers virtio_blk and virtio_net at its start, ${CHOOSE}`,
  };
}
