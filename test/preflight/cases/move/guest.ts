/** The guest’s system, as far as it is told from outside. */
import type { InventoryVm } from '../../../../main/shared/inventory.ts';
import { disk, hyperv, machine } from '../../../plan/sample.ts';
import type { MoveCases, MoveChange } from '../move-change.ts';

const runs = (guestOsId: string | null, guestOsName: string | null = null, change: Partial<InventoryVm> = {}) => ({
  vm: machine({ guestOsId, guestOsName, ...change }),
});
const twoDisks = { disks: [disk(), disk({ key: '2001' })] };
const windows = (change: Partial<InventoryVm> = {}): MoveChange =>
  runs('windows2019srv_64Guest', 'Microsoft Windows Server 2019 (64-bit)', change);
const full = (path: string, freeBytes: number): MoveChange => ({
  vm: machine({
    guest: { ...machine().guest, disks: [{ path, capacityBytes: 2 ** 30, freeBytes, diskKeys: [] }] },
  }),
});
const notWindows = { given: {}, why: 'it is about Windows' };

export const cases: MoveCases = {
  'OS-01': {
    found: [
      { given: runs('solaris11_64Guest', 'Oracle Solaris 11 (64-bit)'), about: ['Oracle Solaris 11 (64-bit)'] },
      { given: runs('netware6Guest'), about: ['netware6Guest'] },
    ],
    quiet: [{}, windows(), runs('freebsd12_64Guest'), runs('other3xLinux64Guest'), runs('windows')],
    beside: [
      { given: runs('otherGuest', 'Other (32-bit)'), why: 'the source does not tell the guest’s system' },
      { given: runs('darwin18_64Guest'), why: 'another rule is about such systems' },
    ],
  },
  'OS-02': {
    found: [
      { given: runs(null), about: ['nothing is said of it'] },
      { given: runs('otherGuest64', 'Other (64-bit)'), about: ['Other (64-bit)'] },
    ],
    quiet: [{}, runs('other3xLinux64Guest', 'Other 3.x Linux (64-bit)'), runs(null, 'Ubuntu 22.04')],
  },
  'OS-03': {
    found: [
      { given: full('/', 99_000_000), about: ['94.4 MiB free on /'] },
      { given: full('C:\\', 0), about: ['0 bytes free on C:\\'] },
      { given: full('/boot', 40_000_000), about: ['38.1 MiB free on /boot'] },
    ],
    quiet: [full('/', 100_000_000), full('/boot', 50_000_000), full('D:\\', 10_000_000)],
    beside: [{ given: {}, why: 'the guest’s tools tell no file systems' }],
  },
  'OS-17': {
    found: [
      { given: runs('windows11_64Guest'), about: ['windows11_64Guest'] },
      { given: runs('windows', 'Windows 11 Pro'), about: ['Windows 11 Pro'] },
    ],
    quiet: [{}, windows()],
  },
  'OS-18': {
    found: [
      { given: runs('winNetEnterpriseGuest'), about: ['winNetEnterpriseGuest'] },
      {
        given: runs('windows8Server64Guest', 'Microsoft Windows Server 2012 (64-bit)'),
        about: ['Microsoft Windows Server 2012 (64-bit)'],
      },
      { given: runs('windows', 'Windows Server 2008 R2 Standard'), about: ['Windows Server 2008 R2 Standard'] },
    ],
    quiet: [{}, windows(), runs('windows9Server64Guest'), runs('windows9_64Guest'), runs('windows', 'Windows 10 Pro')],
  },
  'OS-18a': {
    found: [
      {
        given: { ...runs('windows', 'Windows Server 2008 R2 Standard'), options: { profile: 'virtio' } },
        about: ['Windows Server 2008 R2 Standard'],
      },
    ],
    quiet: [
      {},
      runs('windows', 'Windows Server 2008 R2 Standard'),
      { ...runs('windows', 'Windows 10 Pro'), options: { profile: 'virtio' } },
    ],
  },
  'OS-23': {
    found: [
      {
        given: { ...runs('windows7Server64Guest', 'Microsoft Windows Server 2008 R2 (64-bit)'), today: '2020-01-15' },
        about: ['Windows Server 2008 R2: ended on 2020-01-14'],
      },
      { given: { ...runs('sles12_64Guest'), today: '2026-03-02' }, about: ['SLES 12: ended on 2024-10-31'] },
      {
        given: { ...runs(null, 'Debian GNU/Linux 11 (64-bit)'), today: '2026-11-27' },
        about: ['Debian 11: ended on 2026-08-31'],
      },
    ],
    quiet: [
      { today: '2026-03-02' },
      { ...runs('windows7Server64Guest', 'Microsoft Windows Server 2008 R2 (64-bit)'), today: '2020-01-14' },
      { ...runs(null, 'Debian GNU/Linux 11 (64-bit)'), today: '2026-03-02' },
      { ...runs('centos64Guest', 'CentOS 4/5 or later (64-bit)'), today: '2026-03-02' },
      { ...runs(null), today: '2026-03-02' },
    ],
  },
  'OS-22': {
    found: [{ given: runs('darwin18_64Guest', 'Apple macOS 10.14 (64-bit)'), about: ['Apple macOS 10.14 (64-bit)'] }],
    quiet: [{}, windows()],
  },
  'NEW-23': {
    found: [
      { given: runs('vmkernel65Guest'), about: ['vmkernel65Guest'] },
      {
        given: runs('vmwarePhoton64Guest', null, {
          traits: { product: 'VMware Inc. VMware vCenter Server Appliance 8.0' },
        }),
        about: ['VMware Inc. VMware vCenter Server Appliance 8.0'],
      },
      {
        given: runs('vmwarePhoton64Guest', null, { annotation: 'VMware vCenter Server Appliance' }),
        about: ['its note begins “VMware vCenter Server Appliance”'],
      },
    ],
    quiet: [
      {},
      runs('vmwarePhoton64Guest'),
      { vm: machine({ name: 'vcenter-backup', annotation: 'Copies the VMware vCenter Server Appliance at night' }) },
      { vm: machine({ traits: { product: 'Example Filer 7.1' } }) },
    ],
  },
  'NEW-23b': {
    found: [{ given: runs('vmwarePhoton64Guest', 'VMware Photon OS (64-bit)'), about: ['VMware Photon OS (64-bit)'] }],
    quiet: [{}, runs('vmwarePhoton64Guest', null, { annotation: 'VMware vCenter Server Appliance' })],
  },
  'NEW-03': {
    found: [
      { given: windows({ name: 'DC01' }), about: ['its name is “DC01”'] },
      {
        given: windows({
          guest: { ...machine().guest, hostName: 'berdc2.corp.example' },
          tags: ['Role:Domain Controller'],
        }),
        about: ['its host name is “berdc2”', 'it is tagged “Role:Domain Controller”'],
      },
    ],
    quiet: [windows(), windows({ name: 'download-1' }), runs('windows9_64Guest', null, { name: 'dc-admin-pc' })],
    beside: [{ given: { vm: machine({ name: 'dc01' }) }, why: 'it is about Windows' }],
  },
  'NEW-11': {
    found: [{ given: windows(), about: ['Microsoft Windows Server 2019 (64-bit)'] }],
    quiet: [{}],
    beside: [{ given: runs(null), why: 'the source does not tell the guest’s system' }],
  },
  'NEW-20': {
    found: [{ given: windows(), about: ['tools running'] }],
    quiet: [windows({ guest: { ...machine().guest, tools: 'missing' } })],
    beside: [notWindows, { given: windows({ hyperv: hyperv() }), why: 'only vSphere has it' }],
  },
  'NEW-21': {
    found: [{ given: { vm: machine({ traits: { takesHostTime: true } }) }, about: ['web'] }],
    quiet: [{ vm: machine({ traits: {} }) }],
    beside: [{ given: {}, why: 'the source tells nothing of the kind' }],
  },
  'NEW-10': {
    found: [{ given: windows(twoDisks), about: ['2 disks'] }],
    quiet: [windows(), runs('windows9_64Guest', null, twoDisks)],
    beside: [
      { given: { vm: machine(twoDisks) }, why: 'it is about Windows' },
      { given: runs('otherGuest', null, twoDisks), why: 'the source does not tell the guest’s system' },
    ],
  },
  'NEW-09': {
    found: [
      { given: runs('rhel6_64Guest'), about: ['rhel6_64Guest'] },
      { given: runs('centos64Guest', 'CentOS 5 (64-bit)'), about: ['CentOS 5 (64-bit)'] },
      { given: runs('sles', 'SUSE Linux Enterprise Server 11.4'), about: ['SUSE Linux Enterprise Server 11.4'] },
    ],
    quiet: [
      {},
      windows(),
      runs('rhel8_64Guest', 'Red Hat Enterprise Linux 8 (64-bit)'),
      runs('centos64Guest', 'CentOS 4/5 or later (64-bit)'),
      runs('sles12_64Guest'),
    ],
  },
};
