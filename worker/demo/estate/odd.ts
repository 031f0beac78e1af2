/** Machines of the window's demo at which there is something to find: before their move, or while it goes on. */
import type { MachineSpec } from '../../../test/lab/vcenter/machine-spec.ts';
import { card, disk, GiB, systems } from './machine.ts';
import { BACKUP_NETWORK, HAMBURG, hosts, networks } from './places.ts';

/** What the simulators do to a machine while it is moved; the cloud knows machines by these. */
export const trouble = {
  /** Its host is in maintenance. */
  maintenance: 'crm-legacy-01',
  /** Uploads of its disk break off until Guts waits a while; the image is known by the size of that disk. */
  brokenUpload: { name: 'wiki-legacy-01', diskGiB: 37 },
  /** No host of the cloud can start it. */
  noHost: 'fax-gateway-01',
  /** Its guest stops on the way up. */
  stopsOnConsole: 'mail-archive-01',
  /** It needs more than the project's quota of volumes. */
  overQuota: 'video-archive-01',
} as const;

const base = { folder: 'Retired', datastore: 'fra-vmfs-01', host: hosts.production[0], ...systems.rhel } as const;
const tag = (what: string): Pick<MachineSpec, 'tags' | 'annotation'> => ({
  tags: ['Demo:Something to find'],
  annotation: what,
});

function inTrouble(): MachineSpec[] {
  return [
    {
      ...base,
      ...tag('Off since spring. Its host is being patched: in maintenance it exports nothing.'),
      name: trouble.maintenance,
      host: hosts.inMaintenance,
      disks: [disk(trouble.maintenance, 0, 60)],
      nics: [card(networks.application, 201)],
    },
    {
      ...base,
      ...tag('Its upload breaks off three times. Guts waits a minute, goes on, and brings it to its end.'),
      name: trouble.brokenUpload.name,
      power: 'on',
      disks: [disk(trouble.brokenUpload.name, 0, trouble.brokenUpload.diskGiB)],
      nics: [card(networks.office, 201)],
    },
    {
      ...base,
      ...tag('The cloud finds no host for its server.'),
      name: trouble.noHost,
      disks: [disk(trouble.noHost, 0, 20)],
      nics: [card(networks.office, 202)],
    },
    {
      ...base,
      ...tag('Its kernel does not find the root file system after the move.'),
      name: trouble.stopsOnConsole,
      disks: [disk(trouble.stopsOnConsole, 0, 40)],
      nics: [card(networks.infrastructure, 201)],
    },
    {
      ...base,
      ...tag('Six disks of 8 TiB: more than the quota of the project.'),
      name: trouble.overQuota,
      datastore: 'fra-nfs-archive',
      power: 'on',
      disks: [
        disk(trouble.overQuota, 0, 60),
        ...Array.from({ length: 6 }, (_, at) => disk(trouble.overQuota, at + 1, 8192)),
      ],
      nics: [card(networks.infrastructure, 202)],
    },
    {
      ...base,
      ...systems.windows2019,
      ...tag('Takes the wish to shut down, and does nothing about it.'),
      name: 'label-printer-01',
      power: 'on',
      ignoresShutdown: true,
      disks: [disk('label-printer-01', 0, 40)],
      nics: [card(networks.office, 203)],
    },
  ];
}

/** What preflight finds, or what makes a move another one than usual. */
function unusual(): MachineSpec[] {
  const one = (name: string, sizesGiB: readonly number[] = [40]) => ({
    ...base,
    name,
    disks: sizesGiB.map((sizeGiB, at) => disk(name, at, sizeGiB)),
    nics: [card(networks.application, 210)],
  });
  const empty = { sizeBytes: 100 * GiB, isThin: true } as const;
  return [
    { ...one('san-db-01'), power: 'on', disks: [disk('san-db-01', 0, 40), { ...empty, rawDevice: 'physicalMode' }] },
    { ...one('san-db-02'), power: 'on', disks: [disk('san-db-02', 0, 40), { ...empty, rawDevice: 'virtualMode' }] },
    {
      ...one('scanner-01'),
      power: 'on',
      disks: [
        disk('scanner-01', 0, 30),
        disk('scanner-01', 1, 20, { mode: 'independent_persistent' }),
        disk('scanner-01', 2, 8, { mode: 'independent_nonpersistent' }),
      ],
    },
    { ...one('cluster-sql-01'), ...systems.windows2019, power: 'on', sharedBus: 'physicalSharing' },
    {
      ...one('cluster-fs-01'),
      disks: [disk('cluster-fs-01', 0, 40), { ...empty, isMultiWriter: true, isThin: false }],
    },
    { ...one('vault-01'), ...systems.windows2022, power: 'on', secureBoot: true, hasTpm: true, isEncrypted: true },
    { ...one('payroll-01'), ...systems.windows2022, secureBoot: true, hasTpm: true },
    { ...one('hsm-proxy-01'), power: 'on', devices: ['pci'] },
    { ...one('licence-dongle-01'), power: 'on', devices: ['usb'] },
    { ...one('pilot-01'), power: 'on', snapshots: ['before upgrade', 'after upgrade', 'nightly'] },
    {
      ...one('backup-01', [40, 2048]),
      power: 'on',
      nics: [card(networks.infrastructure, 211), { network: BACKUP_NETWORK }],
    },
    { ...one('media-01', [60, 4096]), power: 'on' },
    {
      ...one('appliance-01'),
      power: 'on',
      tools: 'missing',
      guestOsId: 'other3xLinux64Guest',
      guestOsName: 'Other 3.x Linux (64-bit)',
    },
    { ...one('appliance-02'), power: 'on', tools: 'stopped' },
    { ...one('demo-stand-01'), power: 'suspended' },
    {
      ...one('erp-2003-01', [30]),
      guestOsId: 'winNetEnterpriseGuest',
      guestOsName: 'Microsoft Windows Server 2003 (32-bit)',
      hardwareVersion: 7,
      controller: 'ide',
      tools: 'missing',
      nics: [{ ...card(networks.application, 212), model: 'pcnet32' }],
    },
    { ...one('template-ubuntu-24', [20]), ...systems.ubuntu, folder: 'Development', isTemplate: true },
    { ...one('consolidate-01'), power: 'on', needsConsolidation: true },
    { ...one('calculation-01'), power: 'on', cpus: 96, coresPerSocket: 24, memoryBytes: 1536 * GiB },
    {
      ...one('kiosk-01'),
      datacenter: HAMBURG,
      host: hosts.branch[0],
      datastore: 'ham-vmfs-01',
      folder: 'Shop floor',
      nics: [{ ...card(networks.branch, 210), isConnected: false }],
    },
    { ...one('orphan-01'), connection: 'orphaned' },
    { ...one('gone-host-01'), power: 'on', connection: 'disconnected' },
  ];
}

export const oddMachines = (): MachineSpec[] => [
  ...inTrouble(),
  ...unusual().map((spec): MachineSpec => ({ tags: ['Demo:Something to find'], ...spec })),
];
