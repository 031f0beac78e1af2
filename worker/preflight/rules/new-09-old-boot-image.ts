/** NEW-09: an old Linux whose boot image lacks drivers. */
import { named, systemOf, type GuestSystem } from '../guest-system.ts';
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

const LAST_OLD: Readonly<Record<string, number>> = { rhel: 6, centos: 6, oracle: 6, sles: 11 };

function isOld({ distro, version }: GuestSystem): boolean {
  const last = LAST_OLD[distro ?? ''];
  return last !== undefined && version !== null && version <= last;
}

export const oldBootImage: Rule<MachineFacts> = {
  id: 'NEW-09',
  group: 'guest',
  severity: 'warns',
  finds: ({ vm }) => (isOld(systemOf(vm)) ? [named(vm)] : []),
  says: 'Such an old Linux has a boot image for the hardware that it was installed on, and a boot loader of its time.',
  remedy:
    'Build a boot image with virtio before (mkinitrd or dracut), or keep to the compatible profile (--profile compatible).',
  manual:
    'RHEL, CentOS and Oracle Linux up to 6 and SLES up to 11 build boot images for the hardware that they see, start by GRUB 0.97, and may name disks in fstab by their old names. `--profile compatible` gives them disks that they know.',
};
