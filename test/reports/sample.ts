/** A migration as a good run leaves it, and the report of it; tests change what they are about. */
import { createHash } from 'node:crypto';
import { DestinationId, SourceId } from '../../main/shared/connections.ts';
import type { InventoryVm } from '../../main/shared/inventory.ts';
import { defaultOptions, MigrationId, type MigrationRecord, type MovedDisk } from '../../main/shared/migration.ts';
import { reportOf, type ReportParts } from '../../main/shared/report-of.ts';
import type { MigrationReport } from '../../main/shared/report.ts';
import { disk, machine, nic } from '../plan/sample.ts';
import { GiB, MiB } from '../support/disks.ts';

const hash = (kind: 'sha256' | 'sha512', of: string): string => createHash(kind).update(of).digest('hex');

const sizes = [
  { key: '2000', label: 'Hard disk 1', sizeBytes: 40 * GiB, heldBytes: 6.5 * GiB },
  { key: '2001', label: 'Hard disk 2', sizeBytes: 128 * MiB, heldBytes: 19 * MiB },
] as const;

function movedDisk({ key, label, sizeBytes, heldBytes }: (typeof sizes)[number]): MovedDisk {
  const sent = Math.round(heldBytes * 0.47);
  return {
    key,
    label,
    sizeBytes,
    reading: 'lease',
    route: 'carry-over',
    imageFormat: 'qcow2',
    readBytes: sent + 70_000,
    sentBytes: sent,
    skippedBytes: sizeBytes - heldBytes,
    seconds: heldBytes / 400e6,
    sha512: hash('sha512', key),
    imageId: `image-${key}`,
    volumeId: key === '2000' ? null : `volume-${key}`,
    proofs: [
      { claim: 'What was read is what the host says it sent.', evidence: `SHA-1 of ${sent + 70_000} bytes.` },
      { claim: 'The cloud holds what was sent.', evidence: `Glance has ${sent} bytes with the same SHA-512.` },
    ],
  };
}

/** Running when it was found, with two disks and one network card. */
export const goodVm = (): InventoryVm =>
  machine({
    ref: 'vm-101',
    name: 'shop-01',
    folder: 'DC0/vm/prod',
    power: 'on',
    guestOsId: 'debian12_64Guest',
    guestOsName: 'Debian GNU/Linux 12 (64-bit)',
    disks: sizes.map(({ key, label, sizeBytes }, unit) =>
      disk({
        key,
        label,
        sizeBytes,
        controller: { kind: 'scsi', model: 'pvscsi', bus: 0, unit, isShared: false },
        file: `[fast] shop-01/shop-01_${unit}.vmdk`,
      }),
    ),
    nics: [
      nic({
        mac: '00:50:56:12:34:56',
        networkName: 'VM Network',
        ipAddresses: [{ address: '192.0.2.10', prefixLength: 24 }],
      }),
    ],
  });

/** Shut down, read by lease, made a server of an image and a volume, seen running. */
export function goodRecord(): MigrationRecord {
  const disks = sizes.map(movedDisk).reverse(); // the engine lists them as they were done
  const planned = { value: 'lease', reason: 'The machine is off while it is copied.' } as const;
  return {
    request: {
      id: MigrationId.parse('mig_0123456789ab'),
      source: SourceId.parse('src_0123456789ab'),
      destination: DestinationId.parse('dst_0123456789ab'),
      vm: { ref: 'vm-101', name: 'shop-01' },
      options: { ...defaultOptions, networks: [{ from: 'VM Network', to: 'private', ip: 'keep' }] },
      createdAt: '2026-03-01T12:00:00.000Z',
    },
    stage: 'done',
    isRunning: false,
    stages: [
      { stage: 'planned', at: '2026-03-01T12:00:00.000Z' },
      { stage: 'preflight', at: '2026-03-01T12:00:00.100Z' },
      { stage: 'copying', at: '2026-03-01T12:00:00.400Z' },
      { stage: 'provisioning', at: '2026-03-01T12:00:12.000Z' },
      { stage: 'booting', at: '2026-03-01T12:00:15.000Z' },
      { stage: 'verifying', at: '2026-03-01T12:00:21.000Z' },
      { stage: 'done', at: '2026-03-01T12:00:21.400Z' },
    ],
    findings: [
      {
        id: 'NET-05',
        severity: 'warns',
        says: 'Two cards are on one network.',
        about: ['Network adapter 1'],
        remedy: 'Choose another network for one of them.',
      },
      {
        id: 'OS-02',
        severity: 'informs',
        says: 'The source does not say which operating system is inside.',
        about: ['shop-01'],
        remedy: 'Check that the guest has virtio drivers before you rely on it.',
      },
    ],
    plan: {
      targetName: 'shop-01',
      profile: { value: 'virtio', reason: 'Debian brings virtio drivers in its boot image.' },
      flavor: { value: { id: '4', name: 'm1.medium' }, reason: 'It has exactly the machine’s size.' },
      imageProperties: { hw_disk_bus: 'virtio', hw_vif_model: 'virtio', hw_firmware_type: 'bios' },
      disks: sizes.map(({ key, label, sizeBytes }) => ({
        key,
        label,
        sizeBytes,
        sizeGiB: Math.ceil(sizeBytes / GiB),
        reading: planned,
        imageFormat: { value: 'qcow2', reason: 'Only what holds data is sent.' },
        volumeType: null,
        bootIndex: key === '2000' ? 0 : null,
      })),
      ports: [
        {
          nicKey: '4000',
          label: 'Network adapter 1',
          networkId: 'net-1',
          networkName: 'private',
          mac: '00:50:56:12:34:56',
          fixedIps: [{ subnetId: 'subnet-1', address: '192.0.2.10' }],
        },
      ],
      securityGroupIds: [],
      floatingNetworkId: null,
      serverGroupId: null,
    },
    disks,
    stoppedAt: '2026-03-01T12:00:00.300Z',
    stops: [{ at: '2026-03-01T12:00:00.300Z', againAt: null }],
    ledger: [],
    outcome: {
      serverId: '6f1c0f9e-server',
      serverName: 'shop-01',
      flavor: 'm1.medium',
      ports: [{ id: 'port-1', mac: '00:50:56:12:34:56', addresses: ['192.0.2.10'], floating: '203.0.113.60' }],
      disks,
      boot: {
        verdict: 'running',
        evidence: 'The console shows “shop-01 login:”.',
        console: ['Debian GNU/Linux 12 shop-01 ttyS0', 'shop-01 login:'],
      },
      proofs: [{ claim: 'The server runs with the planned flavor.', evidence: 'It is ACTIVE with flavor m1.medium.' }],
      downtimeSeconds: 187,
      seconds: 21,
      warnings: [],
    },
    error: null,
  };
}

export const goodParts = (): ReportParts => ({
  record: goodRecord(),
  vm: goodVm(),
  source: {
    connection: 'vc1',
    address: 'https://vc1.example.net',
    about: {
      product: 'VMware vCenter Server',
      version: '8.0.3',
      build: '24022515',
      kind: 'vcenter',
      instanceId: 'b7a1',
    },
  },
  destination: {
    connection: 'os1',
    address: 'https://keystone.example.net:5000/v3',
    about: {
      project: { id: 'p1', name: 'shop' },
      user: { id: 'u1', name: 'mover' },
      roles: ['member'],
      region: 'RegionOne',
      versions: { compute: '2.93', image: '2.15' },
    },
  },
  versions: { guts: '0.1.0', node: 'v20.20.2', platform: 'linux x64' },
});

/** All proved, also by content digests and by another program. */
export const goodReport = (): MigrationReport =>
  reportOf({
    ...goodParts(),
    contents: new Map(sizes.map(({ key }) => [key, { before: hash('sha256', key), after: hash('sha256', key) }])),
    checks: [
      {
        about: 'Images',
        claim: 'Another program finds the images sound.',
        evidence: '“qemu-img check” found no errors in 2 files.',
        outcome: 'passed',
      },
      {
        about: 'Guest',
        claim: 'Its services answer.',
        evidence: 'Nobody said which port to try.',
        outcome: 'not made',
      },
    ],
  });
