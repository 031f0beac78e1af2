/** How a migration ends that does not arrive: what was made is undone, and what could not be is named. */
import { GutsError, toErrorInfo } from '../../../main/shared/errors.ts';
import type { MigrationRecord } from '../../../main/shared/migration.ts';
import type { MigrationInHand } from './in-hand.ts';
import { StillThereError } from './undo.ts';

const UNDO_TIMEOUT_MS = 15 * 60_000;

/** @returns what the operator is to be told: the error, and what is still there */
export async function fail(move: MigrationInHand, error: unknown): Promise<unknown> {
  try {
    await move.undo(AbortSignal.timeout(UNDO_TIMEOUT_MS));
  } catch {
    // What is left stands in the ledger, and the remedy names it; the first error is the one that counts.
  }
  const left = move.ledger.items;
  const told = left.length === 0 ? error : new StillThereError(error, left);
  await move.write({ what: 'failed', error: toErrorInfo(told) });
  await move.reach('fail');
  return told;
}

/** @throws LeftBehindError, StillThereError; the migration has failed then */
export async function cancel(move: MigrationInHand): Promise<void> {
  await move.reach('cancel');
  if (move.stage === 'cleaning') await clean(move);
}

/** @throws LeftBehindError, StillThereError; the migration has failed then */
export async function clean(move: MigrationInHand): Promise<void> {
  try {
    await move.undo(AbortSignal.timeout(UNDO_TIMEOUT_MS));
  } catch (error) {
    await move.write({ what: 'failed', error: toErrorInfo(error) });
    await move.reach('fail');
    throw error;
  }
  await move.reach('cleaned');
}

/** Whoever was at work on it is gone, and has not said why. */
export class InterruptedError extends GutsError {
  readonly code = 'migration.interrupted';
  readonly remedy = 'Nothing has to be done: whoever takes it up goes on from here.';
  override readonly retryable = true;

  /** @param isCopyOld what was copied is gone, or the machine has run again since */
  constructor({ stage, stages }: Pick<MigrationRecord, 'stage' | 'stages'>, isCopyOld = false) {
    const node = stages.at(-1)?.node;
    const where = node === undefined ? '' : ` on node “${node}”`;
    const copies = isCopyOld ? ' What was copied is gone, or the machine has run again since: it is copied anew.' : '';
    super(`It was interrupted at “${stage}”${where}, without a word.${copies}`);
  }
}

/** All stays as it is, for whoever goes on when the trouble has passed; what it was stands in the record. */
export async function hold(move: MigrationInHand, trouble: unknown): Promise<void> {
  await move.write({ what: 'failed', error: toErrorInfo(trouble) });
  await move.reach('hold');
}
