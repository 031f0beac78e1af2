/** The journals of migrations, wherever the ones that count are kept. Engines work on those in the data folder, or on copies there. */
import type { JobListener } from '../engine-client.ts';
import type { Given } from '../shared/given.ts';
import type { ReceiveJob, SentBy } from '../shared/journal-jobs.ts';
import type { MigrationId, MigrationRecord, MigrationRequest } from '../shared/migration.ts';

export interface Journals {
  /** Writes a request down; one that is there already stays as it is. */
  begin(request: MigrationRequest, signal: AbortSignal): Promise<MigrationRecord>;
  /** @throws MigrationUnfinishedError where something is left to undo or to do */
  remove(id: MigrationId, signal: AbortSignal): Promise<void>;
  /**
   * Adds a line that a node sends, unless it is there or one before it is missing.
   * @returns how many lines there are then; null where another one's line has that number: it is not the node's any more
   */
  keep(id: MigrationId, entry: Readonly<Record<string, unknown>>, by: SentBy): Promise<number | null>;
  /**
   * Writes down that another Guts has it, as its last line; the same again changes nothing.
   * @returns all its lines. @throws where it does not stand still
   */
  give(id: MigrationId, given: Given): Promise<readonly unknown[]>;
  /** Puts what another Guts has given in the place of what is here; the same again changes nothing. @throws where it is here and was not given */
  receive(id: MigrationId, carried: Received): Promise<void>;
  /** Before an engine here writes on it; disposed when it has ended. */
  take(id: MigrationId): Promise<TakenJournal>;
}

/** Its lines, by whom it was given, and its two ends as they are known here. */
export type Received = Pick<ReceiveJob, 'handover' | 'from' | 'source' | 'destination' | 'entries'>;

/** What the engine’s job and its listener are told. */
export interface TakenJournal extends AsyncDisposable {
  readonly job: { readonly isKeptElsewhere?: true };
  readonly listener: Pick<JobListener, 'truth'>;
}
