/** Change tracking, and what snapshots and checkpoints say of who made them. */
import { disk, hyperv, machine } from '../../../plan/sample.ts';
import type { MoveCases } from '../move-change.ts';

const snapshot = (depth: number, name = `s${depth}`) => ({
  ref: `s${depth}`,
  name,
  createdAt: '2026-01-01T00:00:00Z',
  depth,
});
const onlyVsphere = { given: { vm: machine({ hyperv: hyperv() }) }, why: 'only vSphere has it' };
const checkpointed = (chainLength: number) =>
  machine({ hyperv: hyperv(), snapshots: [snapshot(0)], disks: [disk({ chainLength })] });

export const cases: MoveCases = {
  'CBT-03': {
    found: [{ given: { vm: machine({ hardwareVersion: 4 }) }, about: ['hardware version 4'] }],
    quiet: [{}, { vm: machine({ hardwareVersion: 7 }) }],
    beside: [
      { given: { vm: machine({ hardwareVersion: null }) }, why: 'the source does not tell its hardware version' },
      onlyVsphere,
    ],
  },
  'CBT-06': {
    found: [{ given: { vm: checkpointed(2) }, about: ['Hard disk 1: 2 files'] }],
    quiet: [{ vm: checkpointed(1) }, { vm: machine({ hyperv: hyperv(), disks: [disk({ chainLength: 2 })] }) }],
    beside: [{ given: {}, why: 'only Hyper-V has it' }],
  },
  'CBT-08': {
    found: [
      { given: { vm: machine({ snapshots: [snapshot(27)] }) }, about: ['28 snapshots below each other'] },
      { given: { vm: machine({ disks: [disk({ chainLength: 31 })] }) }, about: ['30 snapshots below each other'] },
    ],
    quiet: [{}, { vm: machine({ snapshots: [snapshot(26)] }) }, { vm: machine({ disks: [] }) }],
  },
  'CBT-09': {
    found: [
      {
        given: { vm: machine({ snapshots: [snapshot(0, 'VEEAM BACKUP TEMPORARY SNAPSHOT'), snapshot(1, 'mine')] }) },
        about: ['“VEEAM BACKUP TEMPORARY SNAPSHOT”'],
      },
    ],
    quiet: [{}, { vm: machine({ snapshots: [snapshot(0, 'before-upgrade')] }) }],
  },
};
