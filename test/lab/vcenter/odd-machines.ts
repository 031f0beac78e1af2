/** The machines of the simulated world without content: ordinary ones, and one of each kind that is worth finding before a move. */
import type { DiskSpec, MachineSpec, NicSpec } from './machine-spec.ts';

const GiB = 1024 ** 3;
const TiB = 1024 ** 4;

const disk = (sizeBytes: number, more: Partial<DiskSpec> = {}): DiskSpec => ({ sizeBytes, isThin: true, ...more });
const on = (network: string, ...addresses: string[]): NicSpec => ({ network, addresses });
const web = on('dv-web-100');
const standard = on('VM Network');
const WINDOWS = { guestOsId: 'windows2019srv_64Guest', guestOsName: 'Microsoft Windows Server 2019 (64-bit)' };
const RHEL = { guestOsId: 'rhel8_64Guest', guestOsName: 'Red Hat Enterprise Linux 8 (64-bit)' };

/** Fifteen ordinary machines, in both data centres. */
function ordinary(): MachineSpec[] {
  const webs = Array.from({ length: 8 }, (_, index): MachineSpec => {
    const name = `web-${String(index + 10)}`;
    return {
      name,
      folder: 'prod/web',
      power: 'on',
      cpus: 2,
      memoryBytes: 4 * GiB,
      disks: [disk(40 * GiB)],
      nics: [on('dv-web-100', `192.0.2.${20 + index}`, `2001:db8::${20 + index}`)],
      tags: ['Environment:production', index < 4 ? 'Wave:1' : 'Wave:2'],
    };
  });
  const databases = Array.from({ length: 3 }, (_, index): MachineSpec => ({
    name: `db-${index + 10}`,
    folder: 'prod',
    ...RHEL,
    power: 'on',
    cpus: 8,
    coresPerSocket: 4,
    memoryBytes: 64 * GiB,
    firmware: 'uefi',
    changeTracking: true,
    disks: [disk(60 * GiB), disk(500 * GiB), disk(200 * GiB, { controller: 'lsisas1068' })],
    nics: [on('dv-db-200', `198.51.100.${10 + index}`), on('storage %2f backup', `203.0.113.${10 + index}`)],
    annotation: 'Owner: database team',
    tags: ['Environment:production', 'Wave:2', 'Owner:Databases: Oracle & "others" 日本'],
  }));
  const branch = Array.from({ length: 4 }, (_, index): MachineSpec => ({
    name: `branch-${index + 1}`,
    datacenter: 'DC1',
    folder: 'old',
    ...WINDOWS,
    controller: 'lsisas1068',
    power: index % 2 === 0 ? 'on' : 'off',
    memoryBytes: 8 * GiB,
    disks: [disk(100 * GiB, { isThin: false })],
    nics: [{ network: 'branch-dmz', model: 'e1000e', addresses: [`192.0.2.${100 + index}`] }],
    tags: ['Environment:branch'],
  }));
  return [...webs, ...databases, ...branch];
}

/** One thing worth finding each; the names say which. */
function odd(): MachineSpec[] {
  const base = { folder: 'test', disks: [disk(20 * GiB)], nics: [web] } satisfies Partial<MachineSpec>;
  return [
    {
      ...base,
      name: 'odd-rdm-physical',
      ...RHEL,
      power: 'on',
      disks: [disk(20 * GiB), disk(100 * GiB, { rawDevice: 'physicalMode' })],
    },
    {
      ...base,
      name: 'odd-rdm-virtual',
      ...RHEL,
      power: 'on',
      disks: [disk(20 * GiB), disk(100 * GiB, { rawDevice: 'virtualMode' })],
    },
    {
      ...base,
      name: 'odd-independent',
      power: 'on',
      disks: [
        disk(20 * GiB),
        disk(20 * GiB, { mode: 'independent_persistent' }),
        disk(GiB, { mode: 'independent_nonpersistent' }),
      ],
    },
    {
      ...base,
      name: 'odd-shared-bus',
      ...WINDOWS,
      controller: 'lsisas1068',
      sharedBus: 'physicalSharing',
      power: 'on',
    },
    {
      ...base,
      name: 'odd-multi-writer',
      ...RHEL,
      disks: [disk(20 * GiB), disk(50 * GiB, { isMultiWriter: true, isThin: false })],
    },
    { ...base, name: 'odd-snapshot', power: 'on', snapshots: ['before-upgrade'] },
    { ...base, name: 'odd-snapshot-chain', power: 'on', snapshots: ['before-upgrade', 'after-upgrade', 'nightly'] },
    { ...base, name: 'odd-tracked-snapshot', power: 'on', changeTracking: true, snapshots: ['backup-leftover'] },
    { ...base, name: 'odd-encrypted', ...WINDOWS, firmware: 'uefi', isEncrypted: true },
    {
      ...base,
      name: 'odd-vtpm',
      ...WINDOWS,
      firmware: 'uefi',
      secureBoot: true,
      hasTpm: true,
      isEncrypted: true,
      hasPlainDisks: true,
      power: 'on',
    },
    {
      ...base,
      name: 'odd-secure-boot',
      ...WINDOWS,
      firmware: 'uefi',
      secureBoot: true,
      controller: 'lsisas1068',
      power: 'on',
    },
    { ...base, name: 'odd-pci-passthrough', power: 'on', devices: ['pci'] },
    { ...base, name: 'odd-vgpu', devices: ['vgpu'] },
    { ...base, name: 'odd-usb', power: 'on', devices: ['usb'] },
    { ...base, name: 'odd-sriov', power: 'on', nics: [{ network: 'VM Network', model: 'sriov' }] },
    { ...base, name: 'odd-cdrom', power: 'on', devices: ['iso'] },
    { ...base, name: 'odd-serial', devices: ['serial'] },
    { ...base, name: 'odd-no-nic', nics: [] },
    { ...base, name: 'odd-unplugged', power: 'on', nics: [{ network: 'VM Network', isConnected: false }] },
    {
      ...base,
      name: 'odd-ten-nics',
      power: 'on',
      nics: Array.from({ length: 10 }, (_, index) => (index % 2 === 0 ? web : standard)),
    },
    { ...base, name: 'odd-trunk', power: 'on', nics: [on('dv-trunk')] },
    { ...base, name: 'odd-opaque-net', power: 'on', nics: [on('nsx-segment-1', '192.0.2.77')] },
    {
      ...base,
      name: 'odd-twin-mac',
      nics: [
        { network: 'VM Network', mac: '00:50:56:00:be:ef' },
        { network: 'dv-web-100', mac: '00:50:56:00:be:ef' },
      ],
    },
    {
      ...base,
      name: 'odd-no-tools',
      guestOsId: 'other3xLinux64Guest',
      guestOsName: 'Other 3.x Linux (64-bit)',
      tools: 'missing',
      power: 'on',
    },
    { ...base, name: 'odd-old-tools', ...WINDOWS, tools: 'old', power: 'on' },
    { ...base, name: 'odd-tools-stopped', tools: 'stopped', power: 'on' },
    { ...base, name: 'odd-stuck-shutdown', ...WINDOWS, ignoresShutdown: true, power: 'on' },
    { ...base, name: 'odd-suspended', power: 'suspended' },
    { ...base, name: 'odd-template', isTemplate: true },
    { ...base, name: 'odd-linked-clone', isLinkedClone: true },
    { ...base, name: 'odd-orphaned', connection: 'orphaned' },
    { ...base, name: 'odd-disconnected', connection: 'disconnected', power: 'on' },
    { ...base, name: 'odd-inaccessible', connection: 'inaccessible' },
    { ...base, name: 'odd-consolidate', needsConsolidation: true, power: 'on' },
    { ...base, name: 'odd-sixty-disks', ...RHEL, disks: Array.from({ length: 60 }, () => disk(GiB)) },
    { ...base, name: 'odd-no-disk', disks: [] },
    { ...base, name: 'odd-big-disk', ...RHEL, power: 'on', disks: [disk(20 * GiB), disk(4 * TiB)] },
    { ...base, name: 'odd-size', ...RHEL, disks: [disk(65 * 1024 ** 2)] },
    { ...base, name: 'odd-huge-memory', ...RHEL, cpus: 128, coresPerSocket: 32, memoryBytes: 4 * TiB },
    {
      ...base,
      name: 'odd-ide',
      guestOsId: 'winNetEnterpriseGuest',
      guestOsName: 'Microsoft Windows Server 2003 (32-bit)',
      hardwareVersion: 7,
      controller: 'ide',
      tools: 'missing',
      nics: [{ network: 'VM Network', model: 'pcnet32' }],
    },
    {
      ...base,
      name: 'odd-buslogic',
      guestOsId: 'otherGuest',
      guestOsName: 'Other (32-bit)',
      hardwareVersion: 4,
      controller: 'buslogic',
      tools: 'missing',
    },
    {
      ...base,
      name: 'odd-sata',
      ...WINDOWS,
      firmware: 'uefi',
      controller: 'ahci',
      nics: [{ network: 'dv-web-100', model: 'e1000e' }],
    },
    { ...base, name: 'odd-nvme', firmware: 'uefi', controller: 'nvme' },
    { ...base, name: 'odd-vsan', datastore: 'vsanDatastore' },
    { ...base, name: 'odd-boot-order', disks: [disk(10 * GiB), disk(20 * GiB)], bootOrder: [1, 0] },
    {
      ...base,
      name: 'odd-macos',
      guestOsId: 'darwin18_64Guest',
      guestOsName: 'Apple macOS 10.14 (64-bit)',
      firmware: 'uefi',
    },
    {
      ...base,
      name: 'odd name & <xml> "ü" 日本 %2f %25',
      power: 'on',
      annotation: 'A note with\nlines, <tags> & "quotes"',
    },
  ];
}

export function contentlessMachines(): MachineSpec[] {
  return [...ordinary(), ...odd()];
}
