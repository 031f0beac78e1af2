/** CBT-03: hardware that is too old for change tracking. */
import { onlyVsphere } from '../beside.ts';
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

const FIRST_TRACKED = 7;

export const tooOldToTrack: Rule<MachineFacts> = {
  id: 'CBT-03',
  group: 'snapshots',
  severity: 'informs',
  isBeside: ({ vm }) =>
    onlyVsphere(vm) ?? (vm.hardwareVersion === null ? 'the source does not tell its hardware version' : null),
  finds: ({ vm }) =>
    vm.hardwareVersion !== null && vm.hardwareVersion < FIRST_TRACKED ? [`hardware version ${vm.hardwareVersion}`] : [],
  says: 'The machine’s virtual hardware is too old for change tracking.',
  remedy: 'Nothing has to be done for a move while it is off; upgrade its hardware where changes are to be tracked.',
  manual:
    'The machine has virtual hardware before version 7, for which vSphere tracks no changes. It can be read in every way but `areas`.',
};
