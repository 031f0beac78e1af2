/** What the simulated cloud has when it is told nothing else: sizes, networks, users, quotas. */
import { randomBytes } from 'node:crypto';
import type { FlavorSpec, NetworkSpec, PoolSpec, Quotas, UserSpec, VolumeTypeSpec } from './words.ts';

export const defaultFlavors: readonly FlavorSpec[] = [
  { id: '1', name: 'm1.nano', vcpus: 1, ram: 192, disk: 0 },
  { id: '2', name: 'm1.tiny', vcpus: 1, ram: 512, disk: 1 },
  { id: '3', name: 'm1.small', vcpus: 1, ram: 2048, disk: 20 },
  { id: '4', name: 'm1.medium', vcpus: 2, ram: 4096, disk: 40 },
  { id: '5', name: 'm1.large', vcpus: 4, ram: 8192, disk: 80 },
  { id: '6', name: 'm1.xlarge', vcpus: 8, ram: 16_384, disk: 160 },
  { id: '7', name: 'v1.medium', vcpus: 2, ram: 4096, disk: 0 },
  { id: '8', name: 'hw.pinned', vcpus: 4, ram: 8192, disk: 80, extraSpecs: { 'hw:cpu_policy': 'dedicated' } },
];

/** Documentation ranges only: none of these addresses leads anywhere. */
export const defaultNetworks: readonly NetworkSpec[] = [
  {
    name: 'lan',
    type: 'vxlan',
    segmentationId: 1001,
    isRouted: true,
    subnets: [
      { name: 'lan-v4', cidr: '192.0.2.0/24', pool: ['192.0.2.100', '192.0.2.200'], dnsServers: ['192.0.2.53'] },
    ],
  },
  {
    name: 'servers-120',
    type: 'vlan',
    segmentationId: 120,
    isShared: true,
    subnets: [{ name: 'servers-120-v4', cidr: '198.51.100.0/24', hasDhcp: false }],
  },
  {
    name: 'public',
    type: 'flat',
    isExternal: true,
    subnets: [{ name: 'public-v4', cidr: '203.0.113.0/24', pool: ['203.0.113.50', '203.0.113.200'], hasDhcp: false }],
  },
];

/** A member of two projects, a reader, an admin; with passwords that nobody knows beforehand. */
export function defaultUsers(): readonly UserSpec[] {
  const password = (): string => randomBytes(18).toString('base64url');
  return [
    {
      name: 'migrator',
      password: password(),
      defaultProject: 'migration',
      roles: { migration: ['member', 'reader'], other: ['member', 'reader'] },
    },
    { name: 'viewer', password: password(), defaultProject: 'migration', roles: { migration: ['reader'] } },
    {
      name: 'admin',
      password: password(),
      defaultProject: 'admin',
      roles: { admin: ['admin', 'member', 'reader'], migration: ['admin', 'member', 'reader'] },
    },
  ];
}

export const defaultQuotas: Quotas = {
  instances: 20,
  cores: 40,
  ramMiB: 96 * 1024,
  ports: 100,
  floatingIps: 20,
  volumes: 30,
  volumeGiB: 2000,
};

export const defaultVolumeTypes: readonly VolumeTypeSpec[] = [
  { name: 'standard', description: 'Spinning disks', backend: 'disks' },
  { name: 'fast', description: 'Flash', backend: 'flash', isMultiattach: true },
];

export const defaultPools: readonly PoolSpec[] = [
  { name: 'store@disks#disks', backend: 'disks', totalGiB: 40_000, freeGiB: 30_000 },
  { name: 'store@flash#flash', backend: 'flash', totalGiB: 8000, freeGiB: 5000 },
];

/** What a guest says that comes up and waits for somebody to sign in. */
export function loginPrompt(name: string): string {
  const host = name.replaceAll(/[^\w-]/g, '-');
  return `[    0.000000] Linux version 6.1.0\n[    1.204513] EXT4-fs (vda1): mounted filesystem\n\nDebian GNU/Linux 12 ${host} ttyS0\n\n${host} login: `;
}
