/** A guest that was asked to shut down, and of which nobody can say yet whether it will: it is not put back until that is seen. */
import { GutsError } from '../../main/shared/errors.ts';

export class MayYetShutDownError extends GutsError {
  readonly code = 'source.may-yet-shut-down';
  readonly remedy =
    'Look at its console. When it is off, or its guest runs as usual again, cancel the migration once more (“guts cancel”): where it is off, it is started then.';
  override readonly retryable = true;

  constructor(name: string) {
    super(`“${name}” was asked to shut down, and neither is off nor shows that its guest stays: it may go off later.`);
  }
}
