/** What state a machine is in, and its host: what its source is at, what its guest tells, where it runs. */
import type { InventoryDatastore, InventoryHost, InventoryVm } from '../../../../main/shared/inventory.ts';
import { hyperv, machine, nic } from '../../../plan/sample.ts';
import type { MoveCases } from '../move-change.ts';

const GiB = 2 ** 30;
const guest = machine().guest;
const runs = (change: Partial<InventoryVm> = {}) => machine({ power: 'on', ...change });
const snapshot = { ref: 's', name: 's', createdAt: '2026-01-01T00:00:00Z', depth: 0 };
const silent = nic({ ipAddresses: [] });
const traits = (told: InventoryVm['traits']) => ({ vm: machine({ traits: told }) });
const withoutServices = machine({ hyperv: hyperv(), guest: { ...guest, tools: 'missing' } });
const ofHyperv = { vm: machine({ hyperv: hyperv(), traits: {} }) };
const host = (change: Partial<InventoryHost> = {}): InventoryHost => ({
  ref: 'host-1',
  name: 'esx1',
  cluster: null,
  isConnected: true,
  inMaintenance: false,
  cpus: 16,
  memoryBytes: 64 * GiB,
  version: '8.0.3',
  ...change,
});
const store = (freeBytes: number): InventoryDatastore => ({
  ref: 'datastore-1',
  name: 'ds',
  kind: 'VMFS',
  capacityBytes: 100 * GiB,
  freeBytes,
  isAccessible: true,
  datacenter: 'DC0',
});
const asItRuns = { vm: runs(), options: { whileRunning: 'snapshot' } } as const;

export const cases: MoveCases = {
  'VM-18': {
    found: [{ given: traits({ question: 'Moved\n or copied?' }), about: ['“Moved or copied?”'] }],
    quiet: [traits({})],
    beside: [
      { given: {}, why: 'the source tells nothing of the kind' },
      { given: ofHyperv, why: 'only vSphere has it' },
    ],
  },
  'VM-17': {
    found: [
      {
        given: traits({ tasks: ['VirtualMachine.relocate (running)'] }),
        about: ['VirtualMachine.relocate (running)'],
      },
    ],
    quiet: [traits({})],
    beside: [
      { given: {}, why: 'the source tells nothing of the kind' },
      { given: ofHyperv, why: 'only vSphere has it' },
    ],
  },
  'VM-06': {
    found: [
      { given: { vm: runs({ guest: { ...guest, hostName: null } }) }, about: ['none is told'] },
      {
        given: { vm: runs({ guest: { ...guest, hostName: 'localhost.localdomain' } }) },
        about: ['host name “localhost.localdomain”'],
      },
    ],
    quiet: [{ vm: runs() }, { vm: runs({ guest: { ...guest, hostName: 'localhosting' } }) }],
    beside: [{ given: {}, why: 'the guest’s tools do not run, so its name is not known' }],
  },
  'VM-11': {
    found: [{ given: { vm: withoutServices }, about: ['web'] }],
    quiet: [ofHyperv, { vm: { ...withoutServices, power: 'on' } }], // of the last, VM-10b tells
    beside: [{ given: {}, why: 'only Hyper-V has it' }],
  },
  'VM-13': {
    found: [{ given: { vm: machine({ nics: [silent] }) }, about: ['web'] }],
    quiet: [
      {},
      { vm: machine({ nics: [] }) },
      { vm: runs({ nics: [silent] }) },
      { vm: machine({ nics: [silent] }), options: { networks: [{ from: null, to: 'lan', ip: 'auto' }] } },
    ],
    beside: [{ given: { vm: machine({ nics: [silent], isTemplate: true }) }, why: 'a template has no addresses' }],
  },
  'VM-19': {
    found: [{ given: { vm: machine({ cpus: 128, memoryBytes: 4096 * GiB }) }, about: ['128 vCPU', '4 TiB'] }],
    quiet: [{}, { vm: machine({ cpus: 64, memoryBytes: 512 * GiB }) }],
  },
  'SRC-12': {
    found: [
      { given: { host: host({ inMaintenance: true }) }, about: ['esx1 is in maintenance mode'] },
      { given: { host: host({ isConnected: false }) }, about: ['esx1 is not connected'] },
    ],
    quiet: [{ host: host() }],
    beside: [{ given: {}, why: 'the source does not tell which host the machine is on' }],
  },
  'SRC-22': {
    found: [{ given: { ...asItRuns, datastores: [store(19 * GiB)] }, about: ['ds: 19 GiB of 100 GiB free'] }],
    quiet: [{ ...asItRuns, datastores: [store(20 * GiB)] }],
    beside: [
      { given: { vm: runs(), datastores: [store(GiB)] }, why: 'no snapshot is made for this move' },
      { given: asItRuns, why: 'the source does not tell of its datastores' },
    ],
  },
  'SRC-22a': {
    found: [
      {
        given: { vm: runs({ snapshots: [snapshot, snapshot] }), datastores: [store(9 * GiB), store(10 * GiB)] },
        about: ['ds: 9 GiB of 100 GiB free, 2 snapshots'],
      },
    ],
    quiet: [
      { vm: runs(), datastores: [store(GiB)] },
      { vm: runs({ snapshots: [snapshot] }), datastores: [store(10 * GiB)] },
      { vm: machine({ snapshots: [snapshot] }), datastores: [store(GiB)] },
    ],
    beside: [
      { given: { vm: runs({ snapshots: [snapshot] }) }, why: 'the source does not tell of its datastores' },
      {
        given: { ...asItRuns, datastores: [store(GiB)] },
        why: 'it is copied from a snapshot of its own, for which SRC-22 asks for more room',
      },
    ],
  },
};
