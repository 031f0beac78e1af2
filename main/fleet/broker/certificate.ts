/** What makes Node trust the broker's certificate, before a password is sent: authorities and the name, or exactly this one. */
import * as net from 'node:net';
import * as tls from 'node:tls';
import { certificateProblem, pemOf, shownOf } from '../../certificates.ts';
import type { Trust } from '../../shared/trust.ts';
import { placeOf, type BrokerAddress } from './address.ts';
import { BrokerCertificateChangedError, BrokerUnreachableError, BrokerUntrustedError } from './errors.ts';

const LOOK_TIMEOUT_MS = 20_000;

/** @throws BrokerCertificateChangedError, BrokerUnreachableError */
export async function tlsOptions(address: BrokerAddress, trust: Trust): Promise<tls.ConnectionOptions> {
  if (!address.isTls) return {};
  const always = { rejectUnauthorized: true, minVersion: 'TLSv1.2' } as const;
  if (trust.kind === 'system') return always;
  if (trust.kind === 'authorities') return { ...always, ca: trust.pem };
  const { raw, fingerprint256 } = await shown(address);
  if (fingerprint256 !== trust.sha256)
    throw new BrokerCertificateChangedError(placeOf(address), trust.sha256, fingerprint256);
  return {
    ...always,
    ca: pemOf(raw), // nothing but this certificate vouches for this certificate, whoever signed it
    allowPartialTrustChain: true,
    checkServerIdentity: (_name, certificate) =>
      certificate.fingerprint256 === trust.sha256
        ? undefined
        : new BrokerCertificateChangedError(placeOf(address), trust.sha256, certificate.fingerprint256),
  };
}

/** Why the handshake failed; null where it is not for the certificate. */
export async function untrusted(address: BrokerAddress, error: unknown): Promise<BrokerUntrustedError | null> {
  const problem = certificateProblem((error as NodeJS.ErrnoException).code ?? '');
  if (problem === null) return null;
  const found = await shown(address).then(
    shownOf,
    () => null, // the problem is told without it
  );
  return new BrokerUntrustedError(placeOf(address), problem, found, { cause: error });
}

/** What the broker shows of itself; nothing is sent to it. @throws BrokerUnreachableError */
async function shown({ host, port }: BrokerAddress): Promise<tls.PeerCertificate> {
  const servername = net.isIP(host) === 0 ? { servername: host } : {};
  return await new Promise((resolve, reject) => {
    // Only to see what is shown: not a byte is sent, and the connection that a password goes by is held to it by `tlsOptions`.
    const socket = tls.connect({ host, port, ...servername, rejectUnauthorized: false });
    const fail = (why: string, cause?: unknown): void => {
      reject(new BrokerUnreachableError(placeOf({ host, port }), why, { cause }));
      socket.destroy();
    };
    socket.setTimeout(LOOK_TIMEOUT_MS, () => fail('ETIMEDOUT'));
    socket.on('error', (cause: NodeJS.ErrnoException) => fail(cause.code ?? cause.message, cause));
    socket.on('close', () => fail('ECONNRESET'));
    socket.on('secureConnect', () => {
      resolve(socket.getPeerCertificate());
      socket.destroy();
    });
  });
}
