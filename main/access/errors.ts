/** Why somebody does not come in, or may not do what was asked. */
import { GutsError } from '../shared/errors.ts';
import type { Role } from '../shared/access.ts';

export class NotSignedInError extends GutsError {
  readonly code = 'access.not-signed-in';
  readonly remedy =
    'Send “Authorization: Bearer TOKEN” with a token of this server; the first one is in the file “api-token” of its data folder.';

  constructor() {
    super('The request carries no token.');
  }
}

export class ForbiddenError extends GutsError {
  readonly code = 'access.forbidden';
  readonly remedy: string;

  constructor(who: string, has: Role, needed: Role) {
    super(`“${who}” may not do that: it takes the role ${needed}, and this is ${has}.`);
    this.remedy = `Ask an administrator for a token with the role ${needed}.`;
  }
}
