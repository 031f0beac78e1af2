/** Why the server cannot listen where it should. */
import { GutsError } from '../shared/errors.ts';

export class NeedsTlsError extends GutsError {
  readonly code = 'api.needs-tls';
  readonly remedy =
    'Give a certificate and its key, or listen on 127.0.0.1 and reach it from elsewhere through a tunnel, such as “ssh -L 7000:127.0.0.1:7000 HOST”.';

  constructor(host: string) {
    super(`Tokens would travel in the clear: on “${host}”, which others can reach, Guts listens with TLS only.`);
  }
}

export class BadCertificateError extends GutsError {
  readonly code = 'api.bad-certificate';
  readonly remedy =
    'Give the certificate (with those between it and its authority) and the key that belongs to it, both in PEM.';

  constructor(cause: unknown) {
    super('The certificate and its key cannot be used for TLS.', { cause });
  }
}

export class CannotListenError extends GutsError {
  readonly code: string;
  readonly remedy: string;

  constructor(host: string, port: number, cause: NodeJS.ErrnoException) {
    super(`Guts cannot listen on ${host}, port ${port} (${cause.code ?? cause.message}).`, { cause });
    const isTaken = cause.code === 'EADDRINUSE';
    this.code = isTaken ? 'api.port-taken' : 'api.cannot-listen';
    this.remedy = isTaken
      ? 'Stop the program that listens there, perhaps another Guts, or take another port.'
      : 'Take an address of this computer, and a port that this user may open.';
  }
}
