/** Connections and an inventory as a vCenter with a few machines would give them. */
import { newDestinationId, newSourceId } from '../../main/store/connections.ts';
import type { DestinationConnection, SourceConnection } from '../../main/shared/connections.ts';
import type { InventoryPage, InventoryVm } from '../../main/shared/inventory.ts';
import type { InventoryThing } from '../../main/store/inventory.ts';
import type { InventoryView } from '../../main/store/inventory-view.ts';

export const source = (name: string): SourceConnection => ({
  id: newSourceId(),
  name,
  kind: 'vsphere',
  url: 'https://vc.example.net',
  userName: 'mover@vsphere.local',
  trust: { kind: 'system' },
  proxy: null,
  createdAt: '2026-03-01T10:00:00.000Z',
  about: null,
});

export const destination = (name: string): DestinationConnection => ({
  id: newDestinationId(),
  name,
  kind: 'openstack',
  authUrl: 'https://keystone.example.net:5000/v3',
  auth: { method: 'applicationCredential', id: 'a1b2' },
  region: null,
  interface: 'public',
  trust: { kind: 'system' },
  proxy: null,
  createdAt: '2026-03-01T10:00:00.000Z',
  about: null,
});

export function vm(ref: string, name: string, more: Partial<InventoryVm> = {}): InventoryVm {
  return {
    ref,
    name,
    folder: 'DC0/vm/prod',
    datacenter: 'DC0',
    cluster: 'C0',
    host: 'host-1',
    pool: 'resgroup-1',
    isTemplate: false,
    power: 'on',
    connection: 'connected',
    biosUuid: null,
    instanceUuid: null,
    cpus: 2,
    coresPerSocket: 1,
    memoryBytes: 4 * 2 ** 30,
    firmware: 'bios',
    secureBoot: false,
    hasTpm: false,
    isEncrypted: false,
    hardwareVersion: 19,
    guestOsId: 'debian12_64Guest',
    guestOsName: 'Debian GNU/Linux 12 (64-bit)',
    guest: { tools: 'running', isToolsOld: false, hostName: name, dnsServers: [], disks: [] },
    disks: [
      {
        key: '2000',
        label: 'Hard disk 1',
        sizeBytes: 20 * 2 ** 30,
        controller: { kind: 'scsi', model: 'pvscsi', bus: 0, unit: 0, isShared: false },
        file: `[ds1] ${name}/${name}.vmdk`,
        datastore: 'datastore-1',
        mode: 'persistent',
        isThin: true,
        isMultiWriter: false,
        rawDevice: null,
        isEncrypted: false,
        changeId: null,
        uuid: null,
        chainLength: 1,
        storedBytes: null,
      },
    ],
    nics: [
      {
        key: '4000',
        label: 'Network adapter 1',
        model: 'vmxnet3',
        mac: '00:50:56:aa:bb:cc',
        network: 'network-1',
        networkName: 'VM Network',
        connected: true,
        ipAddresses: [{ address: '192.0.2.10', prefixLength: 24 }],
      },
    ],
    bootOrder: [],
    snapshots: [],
    needsConsolidation: false,
    changeTracking: false,
    passthrough: [],
    annotation: '',
    tags: [],
    ...more,
  };
}

export const page = (parts: Partial<InventoryPage>): InventoryPage => ({
  vms: [],
  networks: [],
  datastores: [],
  hosts: [],
  gone: [],
  tagged: [],
  warnings: [],
  ...parts,
});

/** Two machines of the same name, one with a hostile one, and what is around them. */
export const smallInventory = page({
  vms: [
    vm('vm-11', 'web-01'),
    vm('vm-12', 'web-02', { power: 'off' }),
    vm('vm-13', 'twin', { folder: 'DC0/vm/a' }),
    vm('vm-14', 'twin', { folder: 'DC0/vm/b' }),
    vm('vm-15', 'evil\u001b[2J\nname', { guestOsName: 'Microsoft Windows Server 2019 (64-bit)', nics: [] }),
    vm('vm-16', 'golden', { isTemplate: true, power: 'off' }),
  ],
  networks: [{ ref: 'network-1', name: 'VM Network', kind: 'standard', vlanId: 20, datacenter: 'DC0' }],
  datastores: [
    {
      ref: 'datastore-1',
      name: 'ds1',
      kind: 'VMFS',
      capacityBytes: 2 ** 40,
      freeBytes: 2 ** 39,
      isAccessible: true,
      datacenter: 'DC0',
    },
  ],
  hosts: [
    {
      ref: 'host-1',
      name: 'esx1.example.net',
      cluster: 'C0',
      isConnected: true,
      inMaintenance: false,
      cpus: 32,
      memoryBytes: 2 ** 38,
      version: '8.0.3',
    },
  ],
});

/** Of some of them, as they are told behind them. */
export const smallTags = page({
  tagged: [
    { ref: 'vm-11', tags: ['Environment:production', 'Wave:1'] },
    { ref: 'vm-12', tags: ['Environment:test', 'Wave:1'] },
    { ref: 'vm-16', tags: ['Owner:Databases: Oracle'] },
  ],
});

/** In the order in which the source told them. */
export const thingsOf = (view: InventoryView | null): InventoryThing[] =>
  view?.told.map((row) => view.thing(row)) ?? [];

export const vmsOf = (view: InventoryView | null): InventoryVm[] =>
  thingsOf(view).flatMap((one) => (one.kind === 'vm' ? [one.thing] : []));
