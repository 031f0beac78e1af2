/** Pauses a migration, whoever works on it: asks that process, or writes it down where none does. */
import { GutsError } from '../../../main/shared/errors.ts';
import type { MigrationId, MigrationRecord } from '../../../main/shared/migration.ts';
import { exits, next, type Stage } from '../../../main/shared/stages.ts';
import { MigrationBusyError, now, type Shelf } from './shelf.ts';

/** Asked of a migration that is not, or no longer, where that leads on. */
export class NoSuchStepError extends GutsError {
  readonly code = 'migration.no-such-step';
  readonly remedy: string;

  constructor({ request: { id }, stage, isRunning }: MigrationRecord) {
    super(`Migration ${id} cannot be paused at “${stage}”.`);
    this.remedy = isRunning
      ? 'Let it come to its end, or cancel it.'
      : `Look how it stands and what can be done (“guts show ${id}”).`;
  }
}

/** Through which one that is at work comes to a stage that it can be paused at. */
const BEFORE: readonly Stage[] = ['planned', 'failed', 'preflight', 'queued', 'paused', 'waiting'];

/** Whether a migration at work can be paused there; null where it has to go on a little first. */
export function canPauseAt(stage: Stage): boolean | null {
  if (exits[stage].pause !== undefined) return true;
  return BEFORE.includes(stage) ? null : false;
}

/** @throws NoSuchStepError where the stage table knows no way there */
export async function pauseMigration(id: MigrationId, shelf: Shelf, signal: AbortSignal): Promise<MigrationRecord> {
  for (;;) {
    try {
      return await pauseHere(id, shelf);
    } catch (error) {
      if (!(error instanceof MigrationBusyError)) throw error;
    }
    const { record } = await shelf.askElsewhere(id, 'pause', signal);
    signal.throwIfAborted();
    if (record.isRunning && canPauseAt(record.stage) === false) throw new NoSuchStepError(record);
    // It has let go, paused or not, or its process died over it: the rest is seen here.
  }
}

async function pauseHere(id: MigrationId, shelf: Shelf): Promise<MigrationRecord> {
  {
    await using taken = await shelf.take(id);
    const { record } = taken.state;
    if (record.stage !== 'paused') {
      if (exits[record.stage].pause === undefined) throw new NoSuchStepError({ ...record, isRunning: false });
      await taken.journal.write({ what: 'stage', stage: next(record.stage, 'pause'), at: now() });
    }
  }
  return (await shelf.one(id)).record;
}
