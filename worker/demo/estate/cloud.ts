/** The cloud of the window's demo: room for nearly everything, and the faults that are to be tried. */
import { loginPrompt } from '../../../test/lab/openstack/default-world.ts';
import type { OpenstackOptions } from '../../../test/lab/openstack/start.ts';
import type { FlavorSpec, NetworkSpec, Quotas } from '../../../test/lab/openstack/words.ts';
import { networks, type NetworkPlace } from './places.ts';
import { trouble } from './odd.ts';

const MiB = 1024 ** 2;

/** By name: virtual processors, GiB of memory, GiB of disk. */
const sizes: Readonly<Record<string, readonly [vcpus: number, memoryGiB: number, diskGiB: number]>> = {
  'g1.tiny': [1, 2, 40],
  'g1.small': [2, 2, 60],
  'g1.medium': [2, 4, 80],
  'g1.large': [4, 8, 120],
  'g1.xlarge': [4, 16, 160],
  'g1.2xlarge': [8, 32, 250],
  'm1.medium': [2, 8, 100],
  'm1.large': [4, 32, 160],
  'm1.xlarge': [8, 64, 250],
  'm1.2xlarge': [16, 128, 500],
};

const flavors: readonly FlavorSpec[] = [
  ...Object.entries(sizes).map(([name, [vcpus, memoryGiB, disk]], at) => ({
    id: String(at + 1),
    name,
    vcpus,
    ram: memoryGiB * 1024,
    disk,
  })),
  { id: '90', name: 'hw.pinned', vcpus: 8, ram: 32 * 1024, disk: 250, extraSpecs: { 'hw:cpu_policy': 'dedicated' } },
];

const provided = ({ name, vlan, prefix }: NetworkPlace): NetworkSpec => ({
  name,
  type: 'vlan',
  segmentationId: vlan,
  isShared: true,
  isRouted: true,
  subnets: [
    {
      name: `${name}-v4`,
      cidr: `${prefix}.0/24`,
      pool: [`${prefix}.220`, `${prefix}.250`],
      dnsServers: ['10.20.140.21'],
    },
  ],
});

const external: NetworkSpec = {
  name: 'public',
  type: 'flat',
  isExternal: true,
  subnets: [{ name: 'public-v4', cidr: '203.0.113.0/24', pool: ['203.0.113.50', '203.0.113.200'], hasDhcp: false }],
};

const quotas: Quotas = {
  instances: 400,
  cores: 1200,
  ramMiB: 4 * 1024 * 1024,
  ports: 800,
  floatingIps: 20,
  volumes: 600,
  volumeGiB: 40 * 1024,
};

/** Behind the first data, so that there is something to be seen of it. */
const BREAKS_AFTER_BYTES = 2 * MiB;
/** As often as Guts tries before it waits. */
const BREAKS_TIMES = 3;
/** A cloud takes its time. */
const BUILD_MS = 800;

const STOPPED_CONSOLE = `[    0.000000] Linux version 5.14.0
[    2.101334] VFS: Cannot open root device "mapper/rhel-root" or unknown-block(0,0): error -6
[    2.104410] Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)
`;

/** @param folder for what is uploaded */
export function cloudOptions(folder: string): OpenstackOptions {
  let broken = 0;
  return {
    folder,
    flavors,
    networks: [...Object.values(networks).map(provided), external],
    quotas,
    buildMs: BUILD_MS,
    console: ({ name }) => (name === trouble.stopsOnConsole ? STOPPED_CONSOLE : loginPrompt(name)),
    failsToBuild: ({ name }) =>
      name === trouble.noHost ? 'No valid host was found. There are not enough hosts available.' : null,
    breaksUpload: ({ minDisk }) => {
      if (minDisk !== trouble.brokenUpload.diskGiB || broken === BREAKS_TIMES) return null;
      broken += 1;
      return BREAKS_AFTER_BYTES;
    },
  };
}
