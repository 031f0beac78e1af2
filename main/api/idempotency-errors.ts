/** What can be wrong with an idempotency key. */
import { GutsError } from '../shared/errors.ts';

export class KeyConflictError extends GutsError {
  readonly code = 'api.idempotency-conflict';
  readonly remedy = 'Take a new key for each thing that you want; repeat a key only with the same request.';

  constructor() {
    super('This key was used for another request.');
  }
}

/** The server was killed between beginning and answering. */
export class OutcomeUnknownError extends GutsError {
  readonly code = 'api.outcome-unknown';
  readonly remedy = 'Look whether it was done; if it was not, ask again with a new key.';

  constructor() {
    super('The first request with this key was begun, and it is not known how it ended.');
  }
}

export class ToldOnceError extends GutsError {
  readonly code = 'api.told-once';
  readonly remedy = 'Look at what was made; where a secret was lost, delete it and make another.';

  constructor() {
    super('The first request with this key was done and answered, and that answer was not kept.');
  }
}
