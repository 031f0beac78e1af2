/** CBT-04: snapshots that lie under the present state. */
import { things } from '../../../main/shared/figures.ts';
import { TIME_UNTOLD } from '../../../main/shared/inventory.ts';
import type { MachineFacts } from '../machine-facts.ts';
import type { Rule } from '../rule.ts';

const DAY_MS = 86_400_000;
export const OLD_SNAPSHOT_DAYS = 3;

export const snapshots: Rule<MachineFacts> = {
  id: 'CBT-04',
  group: 'snapshots',
  severity: 'warns',
  finds: ({ vm: { snapshots }, takenAt }) => {
    const thenMs = typeof takenAt === 'string' ? Date.parse(takenAt) : Date.now();
    const told = snapshots.filter(({ createdAt }) => createdAt !== TIME_UNTOLD);
    const old = told.filter(({ createdAt }) => thenMs - Date.parse(createdAt) > OLD_SNAPSHOT_DAYS * DAY_MS);
    const untold = snapshots.length - told.length;
    const ages = [
      ...(told.length > 0 ? [`${old.length} of them older than ${OLD_SNAPSHOT_DAYS} days`] : []),
      ...(untold > 0 ? [`of ${untold} the age is not told`] : []),
    ];
    return snapshots.length === 0 ? [] : [[things(snapshots.length, 'snapshot'), ...ages].join(', ')];
  },
  says: 'The machine has snapshots; only its present state is moved.',
  remedy: 'Remove snapshots that nobody needs: it also makes reading faster.',
  manual:
    'The machine has snapshots. Only its present state is moved; without them more ways of reading are open. How old they are counts from when the inventory or the export was taken.',
};
