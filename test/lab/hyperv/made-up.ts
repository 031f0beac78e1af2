/** The machines that a simulated Hyper-V host has where nobody says which: small ones, of either generation. */
import { seededContent } from '../content.ts';
import type { DiskSpec, MachineSpec } from './machine-spec.ts';

const MiB = 1024 ** 2;
const disk = (name: string, sizeMiB: number, seed: number, more: Partial<DiskSpec> = {}): DiskSpec => ({
  sizeBytes: sizeMiB * MiB,
  content: seededContent(name, sizeMiB * MiB, seed),
  ...more,
});

/** One that is off, one of the first generation, one that runs, one with checkpoints. */
export const madeUpMachines = (): MachineSpec[] => [
  { name: 'hv-files-01', disks: [disk('hv-files-01', 16, 11)], cards: [{ switch: 'LAN' }] },
  {
    name: 'hv-ledger-01',
    generation: 1,
    disks: [
      disk('hv-ledger-01', 8, 12, { format: 'vhd' }),
      disk('hv-ledger-01 data', 12, 13, { format: 'vhd', isFixed: true, controller: 'SCSI' }),
    ],
    cards: [{ switch: 'LAN', isLegacy: true, vlan: { mode: 'Access', id: 200 } }],
  },
  {
    name: 'hv-shop-01',
    state: 'Running',
    secureBoot: 'MicrosoftUEFICertificateAuthority',
    dynamicMemory: { minimum: 512 * MiB, maximum: 4096 * MiB },
    disks: [disk('hv-shop-01', 16, 14)],
    cards: [
      {
        switch: 'LAN',
        vlan: { mode: 'Access', id: 100 },
        addresses: ['192.0.2.20'],
        guest: { dhcp: false, subnets: ['255.255.255.0'], gateways: ['192.0.2.1'], dns: ['192.0.2.53'] },
      },
    ],
    words: { OSName: 'Debian GNU/Linux 12 (bookworm)', FullyQualifiedDomainName: 'shop-01.example.test' },
  },
  {
    name: 'hv-build-01',
    checkpoints: ['before the upgrade', 'after the upgrade'],
    disks: [disk('hv-build-01', 8, 15)],
    cards: [{ switch: 'LAN', mac: '00155D0000F1', isMacDynamic: false }],
  },
];
