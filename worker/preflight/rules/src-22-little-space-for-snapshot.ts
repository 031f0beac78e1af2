/** SRC-22: a datastore with little room for a snapshot. */
import { bytesText } from '../../../main/shared/figures.ts';
import { isCopiedRunning } from '../copied-running.ts';
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

const LEAST_FREE = 0.2;

export const littleSpaceForSnapshot: Rule<MachineFacts> = {
  id: 'SRC-22',
  group: 'source',
  severity: 'warns',
  isBeside: (facts) =>
    !isCopiedRunning(facts)
      ? 'no snapshot is made for this move'
      : facts.datastores.length === 0
        ? 'the source does not tell of its datastores'
        : null,
  finds: ({ datastores }) =>
    datastores
      .filter(({ capacityBytes, freeBytes }) => freeBytes < capacityBytes * LEAST_FREE)
      .map(
        ({ name, capacityBytes, freeBytes }) => `${name}: ${bytesText(freeBytes)} of ${bytesText(capacityBytes)} free`,
      ),
  says: 'A datastore of the machine is nearly full, and grows with the snapshot while the machine is copied.',
  remedy: 'Make room on the datastore, or have the machine shut down for its copy (--while-running shut-down).',
  manual:
    'The machine is to be copied while it runs, from a snapshot that takes up what the guest writes meanwhile, and a datastore of its disks has less than 20 % free. A full datastore stops every machine on it. Make room, or use `--while-running shut-down`.',
};
