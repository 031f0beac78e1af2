/** What cannot be asked of the scheduler. */
import { GutsError } from '../shared/errors.ts';
import type { MigrationId } from '../shared/migration.ts';

export class UnknownMigrationError extends GutsError {
  readonly code = 'migration.unknown';
  readonly remedy = '“guts list” shows those that this machine knows.';

  constructor(id: string) {
    super(`There is no migration “${id}”.`);
  }
}

/** It would have to be done before itself. */
export class CircleError extends GutsError {
  readonly code = 'schedule.circle';
  readonly remedy = 'Take out one of those that it comes after, or give it a later wave.';

  constructor(id: MigrationId) {
    super(`${id} would have to wait for itself: what it comes after waits for it.`);
  }
}
