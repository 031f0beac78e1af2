/** Whoever runs migrations for the handlers: the scheduler of a daemon, or this process at once. */
import type { MigrationId, MigrationRecord } from '../shared/migration.ts';
import type { MigrationAction } from '../shared/operations.ts';
import type { ActionResult, Schedule, ScheduledMigration } from '../shared/schedule.ts';

export interface Runner {
  /** The record with its place in the queue. */
  view(record: MigrationRecord): ScheduledMigration;
  /** Places in the queue, first to start first; those that are not in it are left out. */
  order(): readonly MigrationId[];
  /** Keeps when and where it may start, also before it is written down; nothing is started by that. */
  schedule(id: MigrationId, schedule: Partial<Schedule>): Promise<void>;
  /** @throws what the table of stages, or whoever is asked, has against it */
  act(record: MigrationRecord, action: MigrationAction, signal: AbortSignal): Promise<void>;
  /** The same for several, each done or refused by itself. */
  actOnMany(
    ids: readonly MigrationId[],
    action: MigrationAction,
    signal: AbortSignal,
  ): Promise<readonly ActionResult[]>;
  /** It was deleted. */
  forget(id: MigrationId): Promise<void>;
}
