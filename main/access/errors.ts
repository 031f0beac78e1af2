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

export class TokenRefusedError extends GutsError {
  readonly code = 'access.token-refused';
  readonly remedy = 'Take another token: this one was revoked, has expired, or is of another server.';

  constructor(says = 'Nobody has this token.') {
    super(says);
  }
}

export class TooManyFailuresError extends GutsError {
  readonly code = 'access.too-many-failures';
  readonly remedy = 'Wait a little, and then use a token that is good.';
  override readonly retryable = true;
  readonly retryAfterSeconds: number;

  constructor(seconds: number) {
    super('From this address too many sign-ins have failed lately.');
    this.retryAfterSeconds = seconds;
  }
}

/** Keystone says that the token is good, but it is nobody's whom the policy lets in. */
export class ProjectRefusedError extends GutsError {
  readonly code = 'access.project-refused';
  readonly remedy = 'Take a token of a project, and with a role, that “policy.json” names under “keystone”.';
}

export class KeystoneOffError extends GutsError {
  readonly code = 'access.no-keystone';
  readonly remedy = 'Use “Authorization: Bearer TOKEN”, or have an administrator name a destination in “policy.json”.';

  constructor() {
    super('This server takes no tokens of a Keystone.');
  }
}

/** Nobody knows whether the token is good. */
export class KeystoneSilentError extends GutsError {
  readonly code = 'access.keystone-silent';
  readonly remedy =
    'Try again. If that goes on, test the destination that “policy.json” names (“guts destination test”).';
  override readonly retryable = true;
}

export class PolicyDamagedError extends GutsError {
  readonly code = 'policy.damaged';
  readonly remedy = 'Put the file right, or remove it to do without a policy; until then nothing is changed.';
}
