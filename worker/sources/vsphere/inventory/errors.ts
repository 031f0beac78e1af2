/** What can be wrong with an inventory, and what the operator can do about it. */
import { GutsError } from '../../../../main/shared/errors.ts';

export class VmMissingError extends GutsError {
  readonly code = 'source.vm-missing';
  readonly remedy =
    'Refresh the source and choose the machine again: it was deleted, registered anew, or the signed-in user may not see it any more.';

  constructor(ref: string, server: string, options?: ErrorOptions) {
    super(`${server} has no machine ${ref}.`, options);
  }
}
