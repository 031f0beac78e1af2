/** A machine and a cloud that fit each other; tests change what they are about. */
import type { CloudFacts, CloudNetwork, Flavor } from '../../main/shared/cloud.ts';
import type { HypervFacts, InventoryDisk, InventoryNic, InventoryVm } from '../../main/shared/inventory.ts';
import { defaultOptions, type MigrationOptions } from '../../main/shared/migration.ts';
import type { PlanInput } from '../../worker/plan/plan.ts';

const GiB = 2 ** 30;

export const disk = (change: Partial<InventoryDisk> = {}): InventoryDisk => ({
  key: '2000',
  label: 'Hard disk 1',
  sizeBytes: 10 * GiB,
  controller: { kind: 'scsi', model: 'pvscsi', bus: 0, unit: 0, isShared: false },
  file: '[ds] web/web.vmdk',
  datastore: 'datastore-1',
  mode: 'persistent',
  isThin: true,
  isMultiWriter: false,
  rawDevice: null,
  isEncrypted: false,
  changeId: null,
  uuid: null,
  chainLength: 1,
  storedBytes: 2 * GiB,
  ...change,
});

/** What only Hyper-V tells, of a machine of which all is well. */
export const hyperv = (change: Partial<HypervFacts> = {}): HypervFacts => ({
  generation: 2,
  version: '10.0',
  isShielded: false,
  replication: null,
  isClustered: false,
  dynamicMemory: null,
  secureBootTemplate: null,
  hasRecoveryCheckpoint: false,
  checkpointType: 'Production',
  ...change,
});

export const nic = (change: Partial<InventoryNic> = {}): InventoryNic => ({
  key: '4000',
  label: 'Network adapter 1',
  model: 'vmxnet3',
  mac: '00:50:56:aa:bb:01',
  network: 'network-1',
  networkName: 'lan',
  connected: true,
  ipAddresses: [{ address: '192.0.2.17', prefixLength: 24 }],
  ...change,
});

export const machine = (change: Partial<InventoryVm> = {}): InventoryVm => ({
  ref: 'vm-1',
  name: 'web',
  folder: 'DC0/vm',
  datacenter: 'DC0',
  cluster: null,
  host: 'host-1',
  pool: null,
  isTemplate: false,
  power: 'off',
  connection: 'connected',
  biosUuid: null,
  instanceUuid: null,
  cpus: 2,
  coresPerSocket: 1,
  memoryBytes: 4 * GiB,
  firmware: 'bios',
  secureBoot: false,
  hasTpm: false,
  isEncrypted: false,
  hardwareVersion: 19,
  guestOsId: 'ubuntu64Guest',
  guestOsName: 'Ubuntu Linux (64-bit)',
  guest: { tools: 'running', isToolsOld: false, hostName: 'web', dnsServers: [], disks: [] },
  disks: [disk()],
  nics: [nic()],
  bootOrder: [],
  snapshots: [],
  needsConsolidation: false,
  changeTracking: false,
  passthrough: [],
  annotation: '',
  tags: [],
  ...change,
});

export const flavor = (name: string, vcpus: number, memoryMiB: number, diskGiB: number): Flavor => ({
  id: `id-${name}`,
  name,
  vcpus,
  memoryMiB,
  diskGiB,
  isPublic: true,
  extraSpecs: {},
});

export const network = (name: string, change: Partial<CloudNetwork> = {}): CloudNetwork => ({
  id: `net-${name}`,
  name,
  isExternal: false,
  isShared: false,
  mtu: 1450,
  kind: 'vxlan',
  segmentationId: 1,
  subnets: [
    {
      id: `subnet-${name}`,
      name,
      cidr: '192.0.2.0/24',
      ipVersion: 4,
      hasDhcp: true,
      gateway: '192.0.2.1',
      pools: [{ start: '192.0.2.100', end: '192.0.2.200' }],
      dnsServers: [],
    },
  ],
  ...change,
});

const free = { limit: null, used: 0 };

export const cloud = (change: Partial<CloudFacts> = {}): CloudFacts => ({
  project: { id: 'p', name: 'migration' },
  flavors: [flavor('small', 1, 2048, 20), flavor('medium', 2, 4096, 40), flavor('large', 4, 8192, 80)],
  networks: [network('lan')],
  securityGroups: [{ id: 'sg-1', name: 'open' }],
  keyPairs: ['lab'],
  availabilityZones: ['nova'],
  serverGroups: [],
  volumeTypes: [{ name: 'fast', isDefault: true }],
  hasVolumes: true,
  imageFormats: ['raw', 'qcow2'],
  quotas: {
    instances: free,
    cores: free,
    memoryMiB: free,
    ports: free,
    floatingIps: free,
    volumes: free,
    volumeGiB: free,
  },
  serverNames: [],
  ports: [],
  mayCreateFlavors: false,
  ...change,
});

export const input = (
  change: Partial<Omit<PlanInput, 'options'>> & { readonly options?: Partial<MigrationOptions> } = {},
): PlanInput => ({
  vm: machine(),
  networks: [{ ref: 'network-1', name: 'lan', kind: 'standard', vlanId: 12, datacenter: 'DC0' }],
  datastores: [],
  host: null,
  cloud: cloud(),
  readings: [{ reading: 'lease', obstacle: null, reason: 'Compressed on its way.' }],
  missingPrivileges: [],
  ...change,
  options: { ...defaultOptions, ...change.options },
});
