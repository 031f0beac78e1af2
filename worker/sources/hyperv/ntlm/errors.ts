/** What can go wrong between us and a server that speaks NTLM. */
import { GutsError } from '../../../../main/shared/errors.ts';

/** The server's message is none, or breaks a rule of its own protocol. */
export class NtlmMessageError extends GutsError {
  readonly code = 'ntlm.bad-message';
  readonly remedy = 'Check that the address is the host’s own, and that no proxy changes what it says.';

  constructor(problem: string) {
    super(`What the server says to sign in by NTLM is not right: ${problem}.`);
  }
}

/** The server does not offer what a safe session takes. */
export class NtlmWeakError extends GutsError {
  readonly code = 'ntlm.too-weak';
  readonly remedy =
    'Allow NTLMv2 with 128 bits on the host (“Network security: Minimum session security for NTLM SSP based servers”), or use HTTPS.';

  constructor(lacks: string) {
    super(`The server offers NTLM without ${lacks}.`);
  }
}

/** A sealed message was changed on its way, left out or said twice. */
export class NtlmSealError extends GutsError {
  readonly code = 'ntlm.bad-seal';
  readonly remedy =
    'Connect again. If that goes on, something between this machine and the host changes what is sent: use HTTPS.';

  constructor(problem: string) {
    super(`A sealed message of the server cannot be trusted: ${problem}.`);
  }
}
