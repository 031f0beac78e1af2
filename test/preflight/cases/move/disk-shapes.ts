/** Of what size and kind disks are, on what they lie, and what the guest makes of them. */
import type { InventoryDatastore, InventoryVm } from '../../../../main/shared/inventory.ts';
import { disk, hyperv, machine } from '../../../plan/sample.ts';
import type { MoveCases, MoveChange } from '../move-change.ts';

const GiB = 2 ** 30;
const withDisk = (change: Parameters<typeof disk>[0]): MoveChange => ({ vm: machine({ disks: [disk(change)] }) });
const snapshot = { ref: 's', name: 's', createdAt: '2026-01-01T00:00:00Z', depth: 0 };
const windows = (disks: InventoryVm['guest']['disks'], count = 2): MoveChange => ({
  vm: machine({
    guestOsId: 'windows2019srv_64Guest',
    disks: Array.from({ length: count }, (_, i) => disk({ key: `${2000 + i}` })),
    guest: { ...machine().guest, disks },
  }),
});
const drive = (path: string, diskKeys: string[]) => ({ path, capacityBytes: 10 * GiB, freeBytes: GiB, diskKeys });
const on = (kind: string): Pick<MoveChange, 'datastores'> & { datastores: InventoryDatastore[] } => ({
  datastores: [
    {
      ref: 'datastore-1',
      name: 'ds',
      kind,
      capacityBytes: 100 * GiB,
      freeBytes: 50 * GiB,
      isAccessible: true,
      datacenter: null,
    },
  ],
});

const MIB = 2 ** 20;

export const cases: MoveCases = {
  'NEW-22': {
    found: [
      { given: { ...on('vsan'), options: { reading: 'ranges' } }, about: ['Hard disk 1 on vsan'] },
      { given: { ...on('VVOL'), options: { reading: 'areas' } }, about: ['Hard disk 1 on VVOL'] },
    ],
    quiet: [{ ...on('VMFS'), options: { reading: 'ranges' } }],
    beside: [
      { given: on('vsan'), why: 'the chosen way of reading wants no file on a datastore' },
      { given: { options: { reading: 'ranges' } }, why: 'the source does not tell of its datastores' },
    ],
  },
  'DSK-09': {
    found: [{ given: { vm: machine({ traits: { showsDiskIds: true } }) }, about: ['1 disk'] }],
    quiet: [{ vm: machine({ traits: {} }) }, { vm: machine({ traits: { showsDiskIds: true }, disks: [] }) }],
    beside: [
      { given: {}, why: 'the source tells nothing of the kind' },
      { given: { vm: machine({ hyperv: hyperv(), traits: {} }) }, why: 'only vSphere has it' },
    ],
  },
  'DSK-10': {
    found: [{ given: windows([drive('C:\\', ['2000']), drive('D:\\', [])]), about: ['D:\\'] }],
    quiet: [windows([drive('C:\\', ['2000']), drive('D:\\', ['2001'])])],
    beside: [
      { given: {}, why: 'it is about Windows with several disks' },
      { given: windows([drive('C:\\', [])], 1), why: 'it is about Windows with several disks' },
      { given: windows([]), why: 'the guest’s tools tell no file systems' },
    ],
  },
  'DSK-27': {
    found: [
      { given: withDisk({ chainLength: 2 }), about: ['Hard disk 1: 2 files, 0 snapshots'] },
      {
        given: { vm: machine({ snapshots: [snapshot], disks: [disk({ chainLength: 3 })] }) },
        about: ['Hard disk 1: 3 files, 1 snapshot'],
      },
    ],
    quiet: [
      {},
      { vm: machine({ snapshots: [snapshot], disks: [disk({ chainLength: 2 })] }) },
      { vm: machine({ needsConsolidation: true, disks: [disk({ chainLength: 2 })] }) },
    ],
  },
  'DSK-28': {
    found: [{ given: withDisk({ sizeBytes: 4096 * GiB }), about: ['Hard disk 1: 4 TiB'] }],
    quiet: [{}, withDisk({ sizeBytes: 2048 * GiB })],
  },
  'NEW-19': {
    found: [
      { given: withDisk({ sizeBytes: 65 * MIB }), about: ['Hard disk 1: 65 MiB becomes 1 GiB (959 MiB more)'] },
      { given: withDisk({ sizeBytes: 41_472 * MIB }), about: ['Hard disk 1: 40.5 GiB becomes 41 GiB (512 MiB more)'] },
    ],
    quiet: [{}],
  },
};
