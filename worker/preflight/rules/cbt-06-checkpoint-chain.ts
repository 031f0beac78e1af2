/** CBT-06: disks of Hyper-V that stand on checkpoints. */
import { onlyHyperv } from '../beside.ts';
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

export const checkpointChain: Rule<MachineFacts> = {
  id: 'CBT-06',
  group: 'snapshots',
  severity: 'informs',
  isBeside: ({ vm }) => onlyHyperv(vm),
  finds: ({ vm }) =>
    vm.snapshots.length === 0
      ? []
      : vm.disks
          .filter(({ chainLength }) => chainLength > 1)
          .map(({ label, chainLength }) => `${label}: ${chainLength} files`),
  says: 'A disk is read through the files of its checkpoints, all of which have to stay where they are.',
  remedy: 'Remove checkpoints that nobody needs, and let no merge run while the machine is copied.',
  manual:
    'The machine has checkpoints, so each disk is a chain of files (AVHDX), and all of them are read. Nothing may move or merge them meanwhile.',
};
