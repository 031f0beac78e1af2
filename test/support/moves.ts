/** What is to be made of a machine, for drivers that are tried without a source: a plan and the machine that it is of. */
import type { InventoryVm } from '../../main/shared/inventory.ts';
import {
  defaultOptions,
  type MigrationOptions,
  type MigrationPlan,
  type PlannedDisk,
} from '../../main/shared/migration.ts';
import type { ServerSpec } from '../../worker/drivers.ts';

const GIB = 1024 ** 3;

export const sourceVm = (name: string): InventoryVm => ({
  ref: 'vm-42',
  name,
  folder: 'DC0/vm',
  datacenter: 'DC0',
  cluster: null,
  host: 'host-1',
  pool: null,
  isTemplate: false,
  power: 'off',
  connection: 'connected',
  biosUuid: '4207a1b2-0000-4000-8000-000000000042',
  instanceUuid: null,
  cpus: 1,
  coresPerSocket: null,
  memoryBytes: 256 * 1024 * 1024,
  firmware: 'bios',
  secureBoot: false,
  hasTpm: false,
  isEncrypted: false,
  hardwareVersion: 19,
  guestOsId: 'debian12_64Guest',
  guestOsName: null,
  guest: { tools: 'unknown', isToolsOld: false, hostName: null, dnsServers: [], disks: [] },
  disks: [],
  nics: [],
  bootOrder: [],
  snapshots: [],
  needsConsolidation: false,
  changeTracking: false,
  passthrough: [],
  annotation: '',
  tags: [],
});

export const plannedDisk = (key: string, change: Partial<PlannedDisk> = {}): PlannedDisk => ({
  key,
  label: `Hard disk ${key}`,
  sizeBytes: GIB,
  sizeGiB: 1,
  reading: { value: 'ranges', reason: '' },
  imageFormat: { value: 'qcow2', reason: '' },
  volumeType: null,
  bootIndex: null,
  ...change,
});

/** A plan without ports, of one disk that boots. */
export const plan = (targetName: string, change: Partial<MigrationPlan> = {}): MigrationPlan => ({
  targetName,
  profile: { value: 'virtio', reason: '' },
  flavor: { value: { id: '2', name: 'm1.tiny' }, reason: '' },
  imageProperties: { hw_disk_bus: 'virtio', hw_vif_model: 'virtio' },
  disks: [plannedDisk('2000', { bootIndex: 0 })],
  ports: [],
  securityGroupIds: [],
  floatingNetworkId: null,
  serverGroupId: null,
  ...change,
});

export const serverSpec = (
  migrationTag: string,
  planned: MigrationPlan,
  imageIds: ReadonlyMap<string, string>,
  options: Partial<MigrationOptions> = {},
): ServerSpec => ({
  migrationTag,
  sourceVm: sourceVm(planned.targetName),
  plan: planned,
  options: { ...defaultOptions, ...options },
  imageIds,
});
