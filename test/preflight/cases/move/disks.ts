/** Disks. */
import { cloud, disk, machine } from '../../../plan/sample.ts';
import type { MoveCases, MoveChange } from '../move-change.ts';

const withDisk = (change: Parameters<typeof disk>[0]): MoveChange => ({ vm: machine({ disks: [disk(change)] }) });
const withDisks = (count: number) => machine({ disks: Array.from({ length: count }, (_, i) => disk({ key: `${i}` })) });
const bus = disk().controller;
const readings = [
  { reading: 'areas', obstacle: 'change tracking is off', reason: '' },
  { reading: 'lease', obstacle: null, reason: 'Compressed on its way.' },
] as const;

export const cases: MoveCases = {
  'DSK-01': {
    found: [{ given: withDisk({ sizeBytes: 0 }), about: ['Hard disk 1'] }],
    quiet: [{}, withDisk({ sizeBytes: 0, problem: 'the file is missing' })],
  },
  'DSK-03': {
    found: [
      { given: withDisk({ mode: 'independentPersistent' }), about: ['Hard disk 1'] },
      { given: withDisk({ mode: 'independentNonpersistent' }), about: ['Hard disk 1'] },
    ],
    quiet: [{}],
  },
  'DSK-04': {
    found: [
      { given: withDisk({ rawDevice: 'virtual' }), about: ['Hard disk 1'] },
      { given: withDisk({ rawDevice: 'physical' }), about: ['Hard disk 1'] },
    ],
    quiet: [{}],
  },
  'DSK-06': {
    found: [
      { given: withDisk({ isMultiWriter: true }), about: ['Hard disk 1'] },
      { given: withDisk({ controller: { ...bus, isShared: true } }), about: ['Hard disk 1'] },
    ],
    quiet: [{}],
  },
  'DSK-08': { found: [{ given: { vm: withDisks(27) }, about: ['27 disks'] }], quiet: [{ vm: withDisks(26) }] },
  'DSK-15': {
    found: [
      { given: { vm: machine({ isEncrypted: true }) }, about: ['the machine’s home'] },
      { given: withDisk({ isEncrypted: true }), about: ['Hard disk 1'] },
      {
        given: { vm: machine({ isEncrypted: true, hasTpm: true, disks: [disk({ isEncrypted: true })] }) },
        about: ['the machine’s home', 'Hard disk 1'],
      },
    ],
    quiet: [{}, { vm: machine({ isEncrypted: true, hasTpm: true }) }],
  },
  'DSK-16': {
    found: [
      { given: { cloud: cloud({ hasVolumes: false }), vm: withDisks(2) }, about: ['2 disks'] },
      { given: { cloud: cloud({ hasVolumes: false }), options: { boot: 'volume' } }, about: ['boot from volume'] },
    ],
    quiet: [{ vm: withDisks(2) }, { cloud: cloud({ hasVolumes: false }) }],
  },
  'DSK-20': { found: [{ given: { vm: machine({ disks: [] }) }, about: ['web'] }], quiet: [{}] },
  'DSK-24': {
    found: [
      { given: { readings, options: { reading: 'areas' } }, about: ['areas: change tracking is off'] },
      { given: { readings: readings.slice(0, 1) }, about: ['areas: change tracking is off'] },
    ],
    quiet: [{ readings }],
  },
  'DSK-25': {
    found: [{ given: withDisk({ problem: 'the parent is missing' }), about: ['Hard disk 1: the parent is missing'] }],
    quiet: [{}],
  },
  'DSK-26': {
    found: [{ given: withDisk({ sectorBytes: 4096 }), about: ['Hard disk 1: 4096 bytes'] }],
    quiet: [{}, withDisk({ sectorBytes: 512 })],
  },
};
