/** Finds what carries our tag on either side and no migration needs any more, and removes it when asked to. */
import { toErrorInfo } from '../../../main/shared/errors.ts';
import { MigrationId, type LedgerItem, type MigrationRecord } from '../../../main/shared/migration.ts';
import type { Leftover, TidyJob } from '../../../main/shared/move-jobs.ts';
import { hasEnded, isAtRest } from '../../../main/shared/stages.ts';
import type { Undoer } from '../../drivers.ts';
import type { Shelf } from './shelf.ts';

const UNKNOWN =
  'No migration of this machine made it; another machine may be at work on it. If none is, have what is unknown removed, too (--unknown).';

/**
 * @param name of the connection, for the list
 * @returns everything that was found: removed, or why not
 */
export async function tidySide(
  name: string,
  side: Undoer,
  shelf: Shelf,
  { remove, alsoUnknown }: Pick<TidyJob, 'remove' | 'alsoUnknown'>,
  signal: AbortSignal,
): Promise<Leftover[]> {
  const found = await side.leftovers(signal);
  const told: Leftover[] = [];
  for (const item of found) {
    const migration = migrationOf(item);
    const state = migration === null ? null : await shelf.find(migration);
    const leftover = { connection: name, item, migration: state === null ? null : migration };
    const says = state === null ? null : useOf(state.record);
    if (says !== null) {
      told.push({ ...leftover, state: 'inUse', says });
    } else if (!remove || (state === null && !alsoUnknown)) {
      told.push({ ...leftover, state: 'found', says: state === null ? UNKNOWN : null });
    } else {
      try {
        await side.undo(item, signal);
        told.push({ ...leftover, state: 'removed', says: null });
      } catch (error) {
        told.push({ ...leftover, state: 'failed', says: toErrorInfo(error).message });
      }
    }
  }
  return told;
}

/** Why its migration still needs what it made; null where it does not. */
function useOf({ isRunning, stage, given }: MigrationRecord): string | null {
  if (isRunning) return 'Its migration is running.';
  if (stage === 'planned' || hasEnded(stage)) return null;
  if (given !== undefined)
    return `Its migration is at “${given.to.name}”: let it go on there, or cancel it there (“guts cancel”).`;
  const stands = isAtRest(stage) ? 'is' : 'was interrupted at';
  return `Its migration ${stands} “${stage}”: let it go on (“guts start”), or cancel it (“guts cancel”).`;
}

/** The migration whose tag begins the item's name. */
function migrationOf({ name }: LedgerItem): MigrationId | null {
  const id = MigrationId.safeParse(/^guts-(mig_[0-9a-z]{12})/.exec(name)?.[1]);
  return id.success ? id.data : null;
}
