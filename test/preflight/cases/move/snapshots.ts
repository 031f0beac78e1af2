/** Snapshots and change tracking. */
import { TIME_UNTOLD } from '../../../../main/shared/inventory.ts';
import { machine } from '../../../plan/sample.ts';
import type { MoveCases, MoveChange } from '../move-change.ts';

const taken = (createdAt: string) => machine({ snapshots: [{ ref: 's', name: 's', createdAt, depth: 0 }] });

type Readings = NonNullable<MoveChange['readings']>;
const ways = (lease: string | null, areas: string | null, ranges: string | null): Readings => [
  { reading: 'lease', obstacle: lease, reason: '' },
  { reading: 'areas', obstacle: areas, reason: '' },
  { reading: 'ranges', obstacle: ranges, reason: '' },
];
const onlyRanges = ways('it is a raw device', 'change tracking is off', null);
const off = machine({ changeTracking: false });
const idle = machine({ changeTracking: true, power: 'on' });
const beside = [
  {
    given: { readings: [{ reading: 'file', obstacle: null, reason: '' }] as const },
    why: 'the source tracks no changes that help to read',
  },
];

export const cases: MoveCases = {
  'CBT-01': {
    found: [
      {
        given: { vm: off, readings: onlyRanges },
        about: ['web'],
        fix: { kind: 'trackChanges', says: 'Turn on change tracking.' },
      },
      {
        given: {
          vm: { ...off, power: 'on' },
          readings: ways(null, 'change tracking is off', null),
          options: { reading: 'areas' },
        },
        about: ['web'],
        fix: { kind: 'trackChanges', says: 'Turn on change tracking, with a snapshot that is removed at once.' },
      },
      { given: { vm: { ...off, hardwareVersion: 4 }, readings: onlyRanges }, about: ['web'], fix: null },
    ],
    quiet: [
      { vm: off, readings: ways(null, 'change tracking is off', null) }, // a lease is better
      { vm: off, readings: ways('it is encrypted', 'it is encrypted', 'it is encrypted') },
      { vm: off, readings: onlyRanges, options: { reading: 'ranges' } },
      { vm: idle, readings: onlyRanges },
    ],
    beside,
  },
  'CBT-02': {
    found: [
      {
        given: { vm: idle, readings: onlyRanges },
        about: ['Hard disk 1'],
        fix: { kind: 'trackChanges', says: 'Turn on change tracking, with a snapshot that is removed at once.' },
      },
    ],
    quiet: [
      { vm: off, readings: onlyRanges },
      { vm: idle, readings: ways(null, 'not active', null) },
    ],
    beside,
  },
  'CBT-04': {
    found: [
      {
        given: { vm: taken('2026-01-01T00:00:00Z') },
        about: ['1 snapshot, 1 of them older than 3 days'],
      },
      {
        given: { vm: taken(new Date().toISOString()) },
        about: ['1 snapshot, 0 of them older than 3 days'],
      },
      {
        given: { vm: taken('2026-01-01T00:00:00Z'), takenAt: '2026-01-02T00:00:00Z' }, // it was a day old then
        about: ['1 snapshot, 0 of them older than 3 days'],
      },
      {
        given: { vm: taken('2026-01-01T00:00:00Z'), takenAt: '2026-01-05T00:00:00Z' },
        about: ['1 snapshot, 1 of them older than 3 days'],
      },
      { given: { vm: taken(TIME_UNTOLD) }, about: ['1 snapshot, of 1 the age is not told'] },
      {
        given: {
          vm: machine({ snapshots: [...taken(TIME_UNTOLD).snapshots, ...taken('2026-01-01T00:00:00Z').snapshots] }),
        },
        about: ['2 snapshots, 1 of them older than 3 days, of 1 the age is not told'],
      },
    ],
    quiet: [{}],
  },
  'CBT-05': { found: [{ given: { vm: machine({ needsConsolidation: true }) }, about: ['web'] }], quiet: [{}] },
};
