/** What a person can wish for a migration, and which wish comes next. */
import type { MigrationRow } from '../../../../main/shared/migration-row.ts';
import type { MigrationAction } from '../../../../main/shared/operations.ts';
import { isOver } from '../../../../main/shared/stages.ts';

export type Wish = MigrationAction | 'delete';

/** As they stand in menus and bars: what goes on first, what cannot be taken back last. */
export const wishes: readonly Wish[] = [
  'retry',
  'cutover',
  'resume',
  'start',
  'release',
  'pause',
  'hold',
  'cancel',
  'delete',
];

/** Those that loses something are asked about first. */
export const isAskedAbout = (wish: Wish): boolean => ['pause', 'cutover', 'cancel', 'delete'].includes(wish);
export const isDangerous = (wish: Wish): boolean => wish === 'cancel' || wish === 'delete';

/** Everything that would not be refused now, in the order of `wishes`. */
export function wishesFor({ actions, stage, isRunning, isQueued }: MigrationRow): Wish[] {
  const canForget = isOver(stage) && !isRunning && !isQueued;
  return wishes.filter((wish) => {
    if (wish === 'delete') return canForget;
    if (wish === 'start' && actions.includes('resume')) return false; // does the same
    return actions.includes(wish);
  });
}

/** The one for which the row has a button; null where nothing is to be done. */
export function nextFor(row: MigrationRow): Wish | null {
  const able = wishesFor(row);
  const [first] = able;
  if (first === undefined || isDangerous(first)) return null;
  return first === 'hold' ? null : first;
}
