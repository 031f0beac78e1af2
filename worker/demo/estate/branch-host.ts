/** The Hyper-V host of the window's demo, in the branch office: a few ordinary machines, and some at which there is something to find. */
import type { CardSpec, DiskSpec, MachineSpec } from '../../../test/lab/hyperv/machine-spec.ts';
import { sparseContent } from './content.ts';
import { GiB } from './machine.ts';
import { networks, type NetworkPlace } from './places.ts';

export const BRANCH_HOST = 'HV-HAM-01';

/** Little is held, so that a move takes a moment. */
function disk(machine: string, index: number, sizeGiB: number, more: Partial<DiskSpec> = {}): DiskSpec {
  const sizeBytes = sizeGiB * GiB;
  return { sizeBytes, content: sparseContent(`${machine} disk ${index}`, sizeBytes, index === 1 ? 12 : 5), ...more };
}

/** Set up by hand in the guest, as a server's is. */
const card = ({ name, prefix }: NetworkPlace, last: number, more: Partial<CardSpec> = {}): CardSpec => ({
  switch: name,
  addresses: [`${prefix}.${last}`],
  guest: {
    dhcp: false,
    subnets: ['255.255.255.0'],
    gateways: [`${prefix}.1`],
    dns: [`${networks.infrastructure.prefix}.21`],
  },
  ...more,
});

const debian = (name: string) => ({
  OSName: 'Debian GNU/Linux',
  OSVersion: '12',
  FullyQualifiedDomainName: `${name}.ham.example.net`,
});
const windows = (name: string) => ({
  OSName: 'Windows Server 2022 Standard',
  OSVersion: '10.0.20348',
  FullyQualifiedDomainName: `${name}.ham.example.net`,
});

const ordinary = (): MachineSpec[] => [
  {
    name: 'ham-time-01',
    cpus: 1,
    memoryBytes: 2 * GiB,
    secureBoot: null,
    notes: 'Time recording. May be moved at any hour.',
    disks: [disk('ham-time-01', 1, 20)],
    cards: [card(networks.branch, 111)],
  },
  {
    name: 'ham-proxy-01',
    state: 'Running',
    cpus: 2,
    memoryBytes: 2 * GiB,
    secureBoot: null,
    disks: [disk('ham-proxy-01', 1, 30)],
    cards: [card(networks.branch, 112)],
    words: debian('ham-proxy-01'),
  },
  {
    name: 'ham-camera-01',
    state: 'Running',
    cpus: 2,
    memoryBytes: 4 * GiB,
    dynamicMemory: { minimum: 2 * GiB, maximum: 8 * GiB },
    secureBoot: 'MicrosoftUEFICertificateAuthority',
    disks: [disk('ham-camera-01', 1, 40), disk('ham-camera-01', 2, 200)],
    // Its network is known by its addresses alone.
    cards: [card(networks.branch, 113, { switch: 'trunk', vlan: { mode: 'Access', id: networks.branch.vlan } })],
    words: debian('ham-camera-01'),
  },
  {
    name: 'ham-till-server',
    state: 'Running',
    cpus: 4,
    memoryBytes: 8 * GiB,
    disks: [disk('ham-till-server', 1, 80), disk('ham-till-server', 2, 100)],
    cards: [card(networks.branch, 114)],
    words: windows('ham-till-server'),
  },
  {
    name: 'ham-door-01',
    generation: 1,
    cpus: 1,
    memoryBytes: 2 * GiB,
    version: '8.0',
    disks: [disk('ham-door-01', 1, 16, { format: 'vhd' })],
    cards: [card(networks.branch, 115, { isLegacy: true })],
  },
];

/** What is to be found: see docs/demo.md. */
const odd = (): MachineSpec[] => [
  {
    name: 'ham-build-01',
    cpus: 2,
    memoryBytes: 4 * GiB,
    secureBoot: null,
    disks: [disk('ham-build-01', 1, 40)],
    cards: [card(networks.development, 116)],
    checkpoints: ['before the new compiler', 'after the new compiler'],
  },
  {
    name: 'ham-deaf-01',
    state: 'Running',
    ignoresShutdown: true,
    disks: [disk('ham-deaf-01', 1, 20)],
    cards: [card(networks.branch, 117)],
    words: debian('ham-deaf-01'),
  },
  {
    name: 'ham-ledger-01',
    isShielded: true,
    hasTpm: true,
    disks: [disk('ham-ledger-01', 1, 60)],
    cards: [card(networks.branch, 118)],
  },
  {
    name: 'ham-store-01',
    disks: [disk('ham-store-01', 1, 30), disk('ham-store-01', 2, 100, { isShared: true })],
    cards: [card(networks.branch, 119)],
  },
  {
    name: 'ham-kiosk-01',
    state: 'Saved',
    disks: [disk('ham-kiosk-01', 1, 20)],
    cards: [card(networks.branch, 120)],
  },
];

export const branchMachines = (): MachineSpec[] => [...ordinary(), ...odd()];
