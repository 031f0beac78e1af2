/** The journals of migrations, wherever the ones that count are kept. Engines work on those in the data folder, or on copies there. */
import type { JobListener } from '../engine-client.ts';
import type { SentBy } from '../shared/journal-jobs.ts';
import type { MigrationId, MigrationRecord, MigrationRequest } from '../shared/migration.ts';

export interface Journals {
  /** Writes a request down; one that is there already stays as it is. */
  begin(request: MigrationRequest, signal: AbortSignal): Promise<MigrationRecord>;
  /** @throws MigrationUnfinishedError where something is left to undo or to do */
  remove(id: MigrationId, signal: AbortSignal): Promise<void>;
  /** Adds a line that a node sends, unless it is there or one before it is missing. @returns how many lines there are then */
  keep(id: MigrationId, entry: Readonly<Record<string, unknown>>, by: SentBy): Promise<number>;
  /** Before an engine here writes on it; disposed when it has ended. */
  take(id: MigrationId): Promise<TakenJournal>;
}

/** What the engine’s job and its listener are told. */
export interface TakenJournal extends AsyncDisposable {
  readonly job: { readonly isKeptElsewhere?: true };
  readonly listener: Pick<JobListener, 'truth'>;
}
