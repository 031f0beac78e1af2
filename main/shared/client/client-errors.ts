/** What can go wrong between a client and the server; what goes wrong in the server comes as a RemoteError. */
import { GutsError } from '../errors.ts';

export class ServerUnreachableError extends GutsError {
  readonly code = 'server.unreachable';
  readonly remedy = 'Check that Guts runs there (“guts serve”), and the address and port.';
  override readonly retryable = true;

  constructor(baseUrl: string, why: string, cause: unknown) {
    super(`No Guts answers at ${baseUrl} (${why}).`, { cause });
  }
}

/** The question may have been understood and done: only the answer is missing. */
export class AnswerLostError extends GutsError {
  readonly code = 'server.answer-lost';
  readonly remedy = 'Look whether it was done before asking for it again.';
  override readonly retryable = true;

  constructor(baseUrl: string, why: string, cause: unknown) {
    super(`${baseUrl} broke the connection off before it had answered (${why}).`, { cause });
  }
}

export class ServerSilentError extends GutsError {
  readonly code = 'server.silent';
  readonly remedy = 'Look whether it was done before asking for it again; if the server hangs, its log says why.';
  override readonly retryable = true;

  constructor(baseUrl: string, seconds: number) {
    super(`${baseUrl} has not answered for ${seconds} seconds.`);
  }
}

export class StrangeServerError extends GutsError {
  readonly code = 'server.strange-answer';
  readonly remedy =
    'Check that the address is that of a Guts server of the same version, with nothing else in between.';
}

export class UntrustedServerError extends GutsError {
  readonly code = 'server.untrusted';
  readonly remedy =
    'Name the certificate’s authority or its fingerprint (guts --server-ca-file, --server-fingerprint), or put one on the server that this machine trusts.';

  constructor(baseUrl: string, why: string, cause: unknown) {
    super(`The certificate of ${baseUrl} is not trusted (${why}).`, { cause });
  }
}

const NEVER_SENT = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT'];

/** What kept an answer from coming, by what the fetch in use says of it. */
export function explained(error: unknown, baseUrl: string): unknown {
  if (error instanceof GutsError) return error;
  const code = codeOf(error);
  if (code === null) return error;
  if (NEVER_SENT.includes(code) || code === 'UND_ERR_CONNECT_TIMEOUT')
    return new ServerUnreachableError(baseUrl, code, error);
  if (/CERT|SELF_SIGNED|UNABLE_TO_/.test(code)) return new UntrustedServerError(baseUrl, code, error);
  return new AnswerLostError(baseUrl, code, error);
}

function codeOf(error: unknown): string | null {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string') return at.code;
    // Several addresses were tried; what the first said will do.
    if (at instanceof AggregateError && at.errors.length > 0) return codeOf(at.errors[0]);
  }
  return error instanceof TypeError ? 'unknown reason' : null;
}
