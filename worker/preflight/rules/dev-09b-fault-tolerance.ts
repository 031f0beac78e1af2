/** DEV-09b: a machine that runs twice. */
import { onlyVsphere, untold } from '../beside.ts';
import { FAULT_TOLERANT } from '../fault-tolerance.ts';
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

export const faultTolerance: Rule<MachineFacts> = {
  id: 'DEV-09b',
  group: 'hardware',
  severity: 'warns',
  isBeside: ({ vm }) => onlyVsphere(vm) ?? untold(vm),
  finds: ({ vm: { traits } }) => (traits?.availability ?? []).filter((words) => FAULT_TOLERANT.test(words)),
  says: 'The machine is fault tolerant: it runs on two hosts at once, has no snapshots, and a cloud has nothing like it.',
  remedy: 'Turn fault tolerance off for the move, and decide what takes its place.',
  manual:
    'Fault Tolerance of vSphere runs the machine on two hosts at once. Snapshots of it are refused, and a cloud has nothing of the kind: turn it off for the move.',
};
