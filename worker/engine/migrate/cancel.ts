/** Cancels a migration, whoever works on it: asks that process, or undoes by the ledger what a dead one left. */
import { GutsError, toErrorInfo } from '../../../main/shared/errors.ts';
import { tagOf, type MigrationId, type MigrationRecord } from '../../../main/shared/migration.ts';
import { exits, isOver, next, type StageEvent } from '../../../main/shared/stages.ts';
import { JournaledLedger } from './ledger.ts';
import { MigrationBusyError, now, type Shelf } from './shelf.ts';
import { OpenedSides, type Doors } from './sides.ts';
import { undoAll } from './undo.ts';

/** Something was made since it was looked whether there is. */
export class SignInsNeededError extends GutsError {
  readonly code = 'migration.sign-ins-needed';
  readonly remedy = 'Cancel it again: both sides are signed in to then.';
  override readonly retryable = true;

  constructor(id: MigrationId) {
    super(`Migration ${id} has something to undo, which takes signing in to both sides.`);
  }
}

/**
 * @param doors null where nobody can sign in: then nothing can be undone
 * @throws LeftBehindError, StillThereError naming what could not be undone; the ledger keeps it
 * @throws SignInsNeededError before anything has changed
 */
export async function cancelMigration(
  id: MigrationId,
  { shelf, doors }: { readonly shelf: Shelf; readonly doors: Doors | null },
  signal: AbortSignal,
): Promise<MigrationRecord> {
  for (;;) {
    try {
      await cancelHere(id, shelf, doors, signal);
      return (await shelf.one(id)).record;
    } catch (error) {
      if (!(error instanceof MigrationBusyError)) throw error;
    }
    const { record } = await shelf.askElsewhere(id, 'cancel', signal);
    if (isOver(record.stage)) return record;
    signal.throwIfAborted();
    // That process died over it: the rest is done here.
  }
}

async function cancelHere(id: MigrationId, shelf: Shelf, doors: Doors | null, signal: AbortSignal): Promise<void> {
  await using taken = await shelf.take(id);
  const { journal, state } = taken;
  let { stage } = state.record;
  const reach = async (event: StageEvent): Promise<void> => {
    stage = next(stage, event);
    await journal.write({ what: 'stage', stage, at: now() });
  };
  const canCancel = exits[stage].cancel !== undefined;
  if (!canCancel && stage !== 'cleaning') return; // over
  const ledger = new JournaledLedger(tagOf(id), journal, state.record.ledger);
  if (doors === null && ledger.items.length > 0) throw new SignInsNeededError(id);
  if (canCancel) await reach('cancel');
  if (stage !== 'cleaning') return; // nothing was begun
  try {
    if (doors !== null) {
      await using sides = new OpenedSides(doors);
      await undoAll(sides, ledger, signal);
    }
  } catch (error) {
    await journal.write({ what: 'failed', error: toErrorInfo(error) });
    await reach('fail');
    throw error;
  }
  await reach('cleaned');
}
