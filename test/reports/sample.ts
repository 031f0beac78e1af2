/** A migration report as a good run leaves it; tests change what they are about. */
import { createHash } from 'node:crypto';
import type { MigrationReport, ReportDisk } from '../../main/shared/report.ts';
import { GiB, MiB } from '../support/disks.ts';

const hash = (kind: 'sha256' | 'sha512', of: string): string => createHash(kind).update(of).digest('hex');

function diskOf(number: number, virtualSizeBytes: number, heldBytes: number): ReportDisk {
  const name = `shop-01-disk${number}.vmdk`;
  const written = Math.round(heldBytes * 0.47);
  return {
    name,
    source: {
      format: 'vmdk',
      variant: 'streamOptimized',
      virtualSizeBytes,
      allocatedBytes: heldBytes,
      sectorSizeBytes: 512,
      creator: null,
      chain: [{ name, format: 'vmdk', variant: 'streamOptimized' }],
      warnings: [],
    },
    output: `/srv/vms/shop-01/shop-01-disk${number}.qcow2`,
    format: 'qcow2',
    route: 'carry-over',
    readBytes: written + 70_000,
    writtenBytes: written,
    skippedBytes: virtualSizeBytes - heldBytes,
    outputBytes: written + 327_680,
    seconds: heldBytes / 900e6,
    megabytesPerSecond: 900,
    sha512: hash('sha512', name),
    contentDigest: hash('sha256', name),
    proofs: [
      {
        claim: 'The source file is the one its manifest describes.',
        evidence: `SHA-256 of ${(written + 70_000).toLocaleString('en')} bytes, computed while reading`,
      },
      {
        claim: 'The output holds what was sent to it.',
        evidence: `Read back and compared by SHA-512, ${(written + 327_680).toLocaleString('en')} bytes`,
      },
    ],
    adopted: false,
    contentBefore: hash('sha256', name),
    contentAfter: hash('sha256', name),
  };
}

/** All proved: two disks of an OVA, as qcow2 with a libvirt domain beside them, started under emulation. */
export function goodReport(): MigrationReport {
  const disks = [diskOf(1, 40 * GiB, 6.5 * GiB), diskOf(2, 128 * MiB, 19 * MiB)];
  const folder = '/srv/vms/shop-01';
  return {
    reportVersion: 1,
    title: 'shop-01',
    versions: { guts: '0.1.0', node: 'v20.20.2', platform: 'linux x64' },
    startedAt: '2026-03-01T12:00:00.000Z',
    finishedAt: '2026-03-01T12:00:21.400Z',
    source: {
      path: '/srv/exports/shop-01.ova',
      what: 'OVA package',
      vm: {
        name: 'shop-01',
        cpus: 2,
        memoryBytes: 4 * GiB,
        firmware: 'bios',
        secureBoot: false,
        guestOsId: 'debian11_64Guest',
        guestOsName: 'Debian GNU/Linux 11 (64-bit)',
        disks: disks.map(({ name, source }, index) => ({
          id: `vmdisk${index + 1}`,
          file: name,
          format: null,
          virtualSizeBytes: source.virtualSizeBytes,
          controller: { kind: 'scsi', model: 'lsilogic', bus: 0, unit: index },
          bootIndex: null,
        })),
        nics: [{ mac: '00:50:56:12:34:56', network: 'VM Network', model: 'e1000', connected: true }],
        source: 'ova',
        warnings: [],
      },
      files: [
        {
          name: 'shop-01.ovf',
          sizeBytes: 6120,
          digest: { algorithm: 'sha256', hex: hash('sha256', 'ovf') },
          manifest: 'matches',
        },
        ...disks.map(({ name, readBytes }) => ({
          name,
          sizeBytes: readBytes,
          digest: { algorithm: 'sha256', hex: hash('sha256', `file ${name}`) },
          manifest: 'matches' as const,
        })),
      ],
    },
    destination: {
      route: 'local files',
      folder,
      files: [
        ...disks.map((disk, index) => ({
          path: disk.output,
          what: `Disk ${index + 1}`,
          sizeBytes: disk.outputBytes,
          sha512: disk.sha512,
        })),
        { path: `${folder}/shop-01.xml`, what: 'libvirt domain', sizeBytes: 1893, sha512: null },
      ],
    },
    mapping: [
      { what: 'Disk 1', from: 'lsilogic, place 0:0', to: 'virtio, vda' },
      { what: 'Disk 2', from: 'lsilogic, place 0:1', to: 'virtio, vdb' },
      { what: 'Network card 1', from: 'e1000 on “VM Network”', to: 'virtio on “default”, 00:50:56:12:34:56' },
    ],
    verify: 'content',
    disks,
    checks: [
      {
        about: 'Disk images',
        claim: 'The images are sound.',
        evidence: '“qemu-img check” found no errors in 2 files.',
        outcome: 'passed',
      },
      {
        about: 'Package',
        claim: 'The package is signed.',
        evidence: 'The package has no certificate.',
        outcome: 'not made',
      },
    ],
    findings: [
      {
        id: 'LOC-05',
        severity: 'warns',
        says: 'A disk has sectors of 4 KB.',
        about: ['shop-01-disk2.vmdk'],
        remedy: 'Give the moved disk a logical block size of 4096.',
      },
      {
        id: 'OS-02',
        severity: 'informs',
        says: 'The source does not say which operating system is inside.',
        about: ['shop-01'],
        remedy: 'Check that the guest has virtio drivers before you rely on it.',
      },
    ],
    timeline: [
      { at: '2026-03-01T12:00:00.000Z', stage: 'planned', note: '' },
      { at: '2026-03-01T12:00:00.100Z', stage: 'preflight', note: '17 rules, 2 findings, none blocks' },
      { at: '2026-03-01T12:00:00.400Z', stage: 'copying', note: '2 disks' },
      { at: '2026-03-01T12:00:12.000Z', stage: 'verifying', note: '' },
      { at: '2026-03-01T12:00:21.400Z', stage: 'done', note: '' },
    ],
    boot: {
      tried: true,
      proved: true,
      lines: ['GUTS-DEMO: disk moved, guest is running', 'GUTS-DEMO: content verified'],
      ended: 'The machine said all that was expected.',
      seconds: 1.4,
    },
    leftBehind: [],
  };
}
