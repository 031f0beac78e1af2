/** What a console shows, judged as an operator would: by the last thing that matters. */
import { describe, expect, test } from 'vitest';
import { lastSign, linesOf } from '../../worker/destinations/openstack/console-signs.ts';

const signOf = (text: string, marker: string | null = null): string => {
  const sign = lastSign(linesOf(text), marker);
  return sign === null ? 'nothing' : sign.kind === 'running' ? 'running' : sign.failure.code;
};

describe('a console', () => {
  test.each([
    ['a login prompt', 'Debian GNU/Linux 12 web01 ttyS0\n\nweb01 login: ', 'running'],
    ['a prompt behind a terminal’s colours', '\u001b[0m\u001b[32mweb01\u001b[0m login: \u001b[K', 'running'],
    [
      'a target of systemd',
      '[  OK  ] Reached target \u001b[0;1;39mmulti-user.target\u001b[0m - Multi-User System.',
      'running',
    ],
    ['the serial line of Windows', '<?xml>\n</BP>\nSAC>', 'running'],
    [
      'a kernel that finds no root',
      '[    1.9] Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)',
      'guest.kernel-no-root',
    ],
    ['a kernel that stops', '[    1.9] Kernel panic - not syncing: Attempted to kill init!', 'guest.kernel-panic'],
    [
      'a GRUB without its files',
      'GRUB loading.\nerror: no such device: 12ab.\nEntering rescue mode...\ngrub rescue> ',
      'guest.grub-rescue',
    ],
    [
      'a GRUB without its configuration',
      'GNU GRUB  version 2.06\n   Minimal BASH-like line editing is supported.\ngrub> ',
      'guest.grub-prompt',
    ],
    [
      'dracut',
      'Warning: /dev/mapper/rl-root does not exist\n\nGenerating "/run/initramfs/rdsosreport.txt"\n\ndracut:/# ',
      'guest.dracut-shell',
    ],
    [
      'an initramfs of Debian',
      'ALERT!  UUID=12ab does not exist.  Dropping to a shell!\n\nBusyBox v1.35.0 built-in shell (ash)\n(initramfs) ',
      'guest.initramfs-shell',
    ],
    [
      'an emergency shell',
      'You are in emergency mode. After logging in, type "journalctl -xb"\nGive root password for maintenance\n',
      'guest.emergency-mode',
    ],
    [
      'a locked root',
      'Cannot open access to console, the root account is locked.\nSee sulogin(8) man page\nPress Enter to continue.',
      'guest.emergency-mode',
    ],
    ['a UEFI shell', 'UEFI Interactive Shell v2.2\nEDK II\nShell> ', 'guest.uefi-shell'],
    [
      'UEFI without anything to boot',
      'BdsDxe: failed to load Boot0001 "UEFI Misc Device"\nBdsDxe: No bootable option or device was found.\nBdsDxe: Press any key to enter the Boot Manager Menu.',
      'guest.uefi-shell',
    ],
    [
      'a BIOS without anything to boot',
      'SeaBIOS (version 1.16.2)\nBooting from Hard Disk...\nBoot failed: not a bootable disk\n\nNo bootable device.\n',
      'guest.no-bootable-device',
    ],
    ['a Windows that stops', 'Your PC ran into a problem\nStop code: INACCESSIBLE_BOOT_DEVICE', 'guest.windows-stop'],
    ['a Windows that lost its loader', 'BOOTMGR is missing\nPress Ctrl+Alt+Del to restart', 'guest.windows-stop'],
    ['a guest that is under way', '[    0.0] Linux version 6.1.0\n[    1.1] virtio_blk virtio1: [vda]', 'nothing'],
    ['nothing', '', 'nothing'],
  ])('with %s', (_what, text, expected) => {
    expect(signOf(text)).toBe(expected);
  });

  test('is judged by its last sign: what came before was overcome', () => {
    expect(signOf('Boot failed: not a bootable disk\nBooting from Hard Disk...\nweb01 login: ')).toBe('running');
    expect(signOf('web01 login: \n[ 99.1] Kernel panic - not syncing: Fatal exception')).toBe('guest.kernel-panic');
  });

  test('takes a marker instead of a prompt where one is given', () => {
    expect(signOf('GUEST-READY\n', 'GUEST-READY')).toBe('running');
    expect(signOf('web01 login: ', 'GUEST-READY')).toBe('nothing');
  });

  test('does not take a log line that speaks of a login, or a word of GRUB’s menu, for a sign', () => {
    expect(signOf('Started getty: serves login: prompts on ttyS0')).toBe('nothing');
    expect(signOf('Press c for a grub> command line')).toBe('nothing');
    expect(signOf('Starting Emergency Shell support, see (initramfs) hooks')).toBe('nothing');
  });

  test('loses its control sequences', () => {
    expect(linesOf('\u001b[2J\u001b[1;1HA\u0000B\r\n\r\n\u001b]0;title\u0007C \r\n')).toEqual(['AB', 'C']);
  });
});
