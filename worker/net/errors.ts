/** What can go wrong on the way to a server: nobody there, nobody to trust, nothing back. */
import { GutsError } from '../../main/shared/errors.ts';

/** The server's certificate is not vouched for, or has another name. */
export class UntrustedServerError extends GutsError {
  readonly code = 'net.untrusted';
  readonly remedy: string;

  /** @param sha256 of its certificate, to be compared and pinned */
  constructor(server: string, problem: string, sha256: string, options?: ErrorOptions) {
    super(`The certificate of ${server} cannot be trusted: ${problem}.`, options);
    this.remedy = `Compare its fingerprint ${sha256} with what the server’s administrator says, then trust it (--fingerprint), or give the authority that signed it (--ca-file).`;
  }
}

/** The server shows another certificate than the one that was pinned. */
export class CertificateChangedError extends GutsError {
  readonly code = 'net.certificate-changed';
  readonly remedy: string;

  constructor(server: string, expected: string, found: string) {
    super(`${server} shows another certificate than the one that was trusted: ${found} instead of ${expected}.`);
    this.remedy =
      'Ask the server’s administrator whether its certificate was renewed. If it was, compare the new fingerprint and trust it (“guts source trust”, “guts destination trust”); if not, somebody stands between you and the server.';
  }
}

export class UnreachableError extends GutsError {
  readonly code = 'net.unreachable';
  readonly remedy: string;
  override readonly retryable = true;

  constructor(server: string, cause: unknown) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown reason';
    super(`${server} cannot be reached (${code}).`, { cause });
    this.remedy =
      code === 'ENOTFOUND' || code === 'EAI_AGAIN'
        ? 'The name does not resolve on this machine: check it, add it to DNS or to the hosts file, or use an address.'
        : 'Check that the server runs, and that no firewall, proxy or VPN is in the way, then try again.';
  }
}

/** A connection that worked broke off, or nothing came for too long. */
export class ConnectionLostError extends GutsError {
  readonly code = 'net.connection-lost';
  readonly remedy =
    'Check the network between this machine and the server; trying again goes on where that is possible.';
  override readonly retryable = true;
}

/** An answer that is none: not the protocol that was expected. */
export class StrangeAnswerError extends GutsError {
  readonly code = 'net.strange-answer';
  readonly remedy = 'Check that the address is the server’s own and not that of a proxy or a login page.';
}
