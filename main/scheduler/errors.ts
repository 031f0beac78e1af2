/** What cannot be asked of the scheduler. */
import { GutsError } from '../shared/errors.ts';
import type { MigrationId, MigrationRecord } from '../shared/migration.ts';

/** It would have to be done before itself. */
export class CircleError extends GutsError {
  readonly code = 'schedule.circle';
  readonly remedy = 'Take out one of those that it comes after, or give it a later wave.';

  constructor(id: MigrationId) {
    super(`${id} would have to wait for itself: what it comes after waits for it.`);
  }
}

/** The table of stages would let it, but nothing that is built cuts over yet. */
export class NoCutoverError extends GutsError {
  readonly code = 'migration.no-cutover';
  readonly remedy = 'Cold migrations switch over by themselves; let it run.';

  constructor({ request, stage }: MigrationRecord) {
    super(`${request.id} (“${request.vm.name}”) stands at “${stage}” and cannot be cut over by hand.`);
  }
}
