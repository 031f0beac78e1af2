/** DSK-10: drive letters of which nobody knows the disk. */
import { systemOf } from '../guest-system.ts';
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

export const driveLetters: Rule<MachineFacts> = {
  id: 'DSK-10',
  group: 'disks',
  severity: 'informs',
  isBeside: ({ vm }) =>
    systemOf(vm).family !== 'windows' || vm.disks.length < 2
      ? 'it is about Windows with several disks'
      : vm.guest.disks.length === 0
        ? 'the guest’s tools tell no file systems'
        : null,
  finds: ({ vm }) => vm.guest.disks.filter(({ diskKeys }) => diskKeys.length === 0).map(({ path }) => path),
  says: 'The guest’s tools do not tell which disk a drive letter lies on.',
  remedy: 'Note which drive is on which disk before, where the order matters.',
  manual:
    'A Windows guest has several disks, and its tools do not tell which drive letter lies on which (VMware Tools tell it since vSphere 7). Note it before, where the order matters to you.',
};
