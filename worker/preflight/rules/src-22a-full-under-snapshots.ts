/** SRC-22a: snapshots that grow on a datastore with hardly any room. */
import { bytesText, things } from '../../../main/shared/figures.ts';
import { isCopiedRunning } from '../copied-running.ts';
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

const LEAST_FREE = 0.1;

export const fullUnderSnapshots: Rule<MachineFacts> = {
  id: 'SRC-22a',
  group: 'source',
  severity: 'warns',
  isBeside: (facts) =>
    facts.datastores.length === 0
      ? 'the source does not tell of its datastores'
      : isCopiedRunning(facts)
        ? 'it is copied from a snapshot of its own, for which SRC-22 asks for more room'
        : null,
  finds: ({ vm: { power, snapshots }, datastores }) =>
    power !== 'on' || snapshots.length === 0
      ? []
      : datastores
          .filter((one) => one.isAccessible && one.freeBytes < one.capacityBytes * LEAST_FREE)
          .map(
            ({ name, capacityBytes, freeBytes }) =>
              `${name}: ${bytesText(freeBytes)} of ${bytesText(capacityBytes)} free, ${things(snapshots.length, 'snapshot')}`,
          ),
  says: 'The machine runs on snapshots, which grow, and a datastore of its disks is nearly full.',
  remedy: 'Remove snapshots that nobody needs, or make room on the datastore, before the move.',
  manual:
    'The machine runs and has snapshots, so that all that its guest writes makes their files grow, and less than 10 % of a datastore of its disks is free. A full datastore stops every machine on it, before its move or during it. Remove snapshots that nobody needs (which takes room itself until it is done), or make room. Where the machine is to be copied while it runs, SRC-22 asks for twice as much.',
};
