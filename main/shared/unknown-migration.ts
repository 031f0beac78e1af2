/** What is said of a migration that this machine does not know. */
import { GutsError } from './errors.ts';

export class UnknownMigrationError extends GutsError {
  readonly code = 'migration.unknown';
  readonly remedy = 'Look among all migrations for the one that you mean (“guts list”).';

  constructor(which: string) {
    super(`There is no migration “${which}”.`);
  }
}
