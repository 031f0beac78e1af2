/** What can go wrong where a server and we choose a way to sign in. */
import { GutsError } from '../../../../main/shared/errors.ts';

/** The server's token is none, or breaks a rule of its own protocol. */
export class SpnegoTokenError extends GutsError {
  readonly code = 'spnego.bad-token';
  readonly remedy = 'Check that the address is the host’s own, and that nothing in between changes what it says.';

  constructor(problem: string) {
    super(`What the server says to choose a way to sign in is not right: ${problem}.`);
  }
}

export class SpnegoMicError extends GutsError {
  readonly code = 'spnego.bad-mic';
  readonly remedy =
    'Connect again. If that goes on, something between this machine and the host changes what is sent: find it before you go on.';

  constructor() {
    super('The server’s signature of the ways to sign in is wrong: they were changed on their way.');
  }
}

export class NtlmNotOfferedError extends GutsError {
  readonly code = 'spnego.no-ntlm';
  readonly remedy =
    'Allow NTLM on the host (“Network security: Restrict NTLM: Incoming NTLM traffic”), or read the disks from a host that does.';

  constructor(server: string) {
    super(`${server} does not offer to sign in by NTLM.`);
  }
}
