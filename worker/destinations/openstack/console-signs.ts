/** What a console shows of its guest: that it runs, or where it has stopped; each with the operator's way out. */
import { GutsError } from '../../../main/shared/errors.ts';
import type { Profile } from '../../../main/shared/migration.ts';

/** The console shows that the guest did not come up. */
export class GuestStoppedError extends GutsError {
  readonly code: string;
  readonly remedy: string;
  /** The console's last lines. */
  readonly console: readonly string[];

  constructor(
    { name, profile }: { readonly name: string; readonly profile: Profile },
    { code, says, remedy }: Failure,
    line: string,
    lines: readonly string[],
  ) {
    super(`${says} on the new server “${name}”: “${line}”.`);
    this.code = code;
    this.remedy = typeof remedy === 'string' ? remedy : remedy[profile];
    this.console = lines;
  }
}

export interface Failure {
  readonly code: string;
  readonly says: string;
  /** By the hardware that the server has, where that is what could be otherwise. */
  readonly remedy: string | Readonly<Record<Profile, string>>;
}

const drivers: Readonly<Record<Profile, string>> = {
  virtio:
    'Plan it anew with the profile “compatible”, which gives the guest the controllers that it knows; or rebuild its initramfs with virtio drivers on the source and migrate again.',
  compatible:
    'The server has the controllers that the guest knew on the source, so look whether every disk of the machine was migrated and the right one boots first. Rebuild its initramfs with virtio drivers on the source, then plan it anew with the profile “virtio”.',
};
const DISKS = 'Check that every disk of the machine was migrated and that the right one boots first';
const GRUB = 'On the source, reinstall GRUB (grub-install) if it names a disk that is gone.';

const failures: readonly (Failure & { readonly pattern: RegExp })[] = [
  {
    code: 'guest.kernel-no-root',
    pattern: /VFS: (Unable to mount root fs|Cannot open root device)/,
    says: 'The kernel does not find its root file system',
    remedy: drivers,
  },
  {
    code: 'guest.kernel-panic',
    pattern: /Kernel panic - not syncing/,
    says: 'The kernel stopped',
    remedy: {
      virtio: `Read the console’s lines before the panic. If they speak of disks: ${drivers.virtio}`,
      compatible: `Read the console’s lines before the panic. If they speak of disks: ${drivers.compatible}`,
    },
  },
  {
    code: 'guest.grub-rescue',
    pattern: /^grub rescue>/,
    says: 'GRUB does not find its files',
    remedy: { virtio: `${DISKS}; try the profile “compatible”. ${GRUB}`, compatible: `${DISKS}. ${GRUB}` },
  },
  {
    code: 'guest.grub-prompt',
    pattern: /^grub>/,
    says: 'GRUB does not find its configuration',
    remedy: { virtio: `${DISKS}; try the profile “compatible”.`, compatible: `${DISKS}.` },
  },
  {
    code: 'guest.dracut-shell',
    pattern: /^dracut:\/?#|^(Generating|Entering) .*(rdsosreport|emergency mode)|Warning: dracut-initqueue timeout/i,
    says: 'The initramfs (dracut) does not find a disk',
    remedy: drivers,
  },
  {
    code: 'guest.initramfs-shell',
    pattern: /^\(initramfs\)|ALERT! .*does not exist\. +Dropping to a shell/,
    says: 'The initramfs does not find a disk',
    remedy: drivers,
  },
  {
    code: 'guest.emergency-mode',
    pattern:
      /You are in (emergency|rescue) mode|(Give root password|Press Enter) for (system )?maintenance|Cannot open access to console, the root account is locked|UNEXPECTED INCONSISTENCY; RUN fsck/i,
    says: 'The guest stopped in its emergency shell',
    remedy:
      'Look which mount or service failed on the console. Often /etc/fstab names a disk by a path that has changed: name it by UUID on the source and migrate again.',
  },
  {
    code: 'guest.uefi-shell',
    pattern: /^(UEFI Interactive Shell|Shell>)|No bootable option or device was found/,
    says: 'The UEFI firmware found nothing to boot',
    remedy:
      'Check whether the machine boots by BIOS on the source: then its image must not ask for UEFI. If it is UEFI, its boot entry was lost: add the loader as \\EFI\\BOOT\\BOOTX64.EFI on the source and migrate again.',
  },
  {
    code: 'guest.no-bootable-device',
    pattern:
      /No bootable device|Boot failed: not a bootable disk|Operating system not found|Missing operating system|Invalid partition table|Error loading operating system|Non-System disk/i,
    says: 'The firmware found nothing to boot',
    remedy:
      'Check whether the machine boots by UEFI on the source: then its image must ask for UEFI. Check which of its disks boots first, and that it was migrated.',
  },
  {
    code: 'guest.windows-stop',
    pattern:
      /INACCESSIBLE_BOOT_DEVICE|\*\*\* STOP: 0x|Stop code:|Your (PC|device) ran into a problem|Windows has been shut down to prevent damage|(BOOTMGR|NTLDR) is missing|(Your (PC|device) needs to be repaired)|Windows failed to start|0xc000000[ef]|0xc0000225/i,
    says: 'Windows stopped',
    remedy: {
      virtio:
        'Plan it anew with the profile “compatible” (SATA or IDE and e1000), which needs no drivers. Install the virtio drivers on the source before migrating with the profile “virtio”.',
      compatible:
        'Look up the stop code. Check that every disk of the machine was migrated and that the right one boots first, and that the machine boots by BIOS or UEFI as on the source; install the virtio drivers there, then plan it anew with the profile “virtio”.',
    },
  },
];

const runs: readonly RegExp[] = [
  /(^|\s)login: *$/,
  /^SAC>/, // Windows with its emergency services on the serial line
  /Cloud-init v\. .* finished at/,
  /Reached target .*(Multi-User|Graphical)/i,
];

export type Sign =
  | { readonly kind: 'running'; readonly line: string }
  | { readonly kind: 'stopped'; readonly line: string; readonly failure: Failure };

/** A console's text as lines: without the terminal's control sequences and empty lines. */
export function linesOf(text: string): string[] {
  return text
    .replace(/\u001b\[[0-9;?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(\u0007|\u001b\\)|\u001b[ -/]*[0-~]/g, '')
    .split(/[\r\n]+/)
    .map((line) => line.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '').trimEnd())
    .filter((line) => line.trim() !== '');
}

/**
 * The last sign on a console: what came before it was overcome, as a boot from a disk that is tried before the right one.
 * @param marker counts instead of a login prompt; null takes any
 */
export function lastSign(lines: readonly string[], marker: string | null): Sign | null {
  for (const line of [...lines].reverse()) {
    const text = line.trimStart();
    if (marker === null ? runs.some((pattern) => pattern.test(line)) : line.includes(marker))
      return { kind: 'running', line: text };
    const failure = failures.find(({ pattern }) => pattern.test(text));
    if (failure !== undefined) return { kind: 'stopped', line: text, failure };
  }
  return null;
}
