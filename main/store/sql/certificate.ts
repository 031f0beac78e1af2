/** What a database shows of itself before a password is sent, and what makes Node hold the connection to exactly that. */
import * as net from 'node:net';
import * as tls from 'node:tls';
import { pemOf, shownOf, type ShownCertificate } from '../../certificates.ts';
import type { Trust } from '../../shared/trust.ts';
import { placeOf, type ServerAddress } from './address.ts';
import {
  StateCertificateChangedError,
  StateNoTlsError,
  StateUnreachableError,
  StateUntrustedError,
  StateUrlError,
} from './errors.ts';

export interface Security {
  readonly ca?: string;
  readonly minVersion: 'TLSv1.2';
  readonly rejectUnauthorized: true;
  /** The name in the certificate has to be that of the address. */
  readonly isNamed: boolean;
  readonly allowPartialTrustChain?: true;
}

const LOOK_TIMEOUT_MS = 20_000;

/** Null where nothing is encrypted. @throws StateCertificateChangedError, StateUnreachableError, StateUrlError */
export async function securityOf(address: ServerAddress, trust: Trust | null): Promise<Security | null> {
  if (trust === null) return null;
  const always = { rejectUnauthorized: true, minVersion: 'TLSv1.2' } as const;
  if (trust.kind !== 'pinned') {
    // The driver for MySQL holds the certificate of an address against “localhost”.
    if (address.kind === 'mysql' && net.isIP(address.host) !== 0)
      throw new StateUrlError('It names the host by a number: give the name that is in its certificate.');
    return { ...always, ...(trust.kind === 'authorities' ? { ca: trust.pem } : {}), isNamed: true };
  }
  const { certificate, isOwn } = await shown(address);
  const { raw, fingerprint256 } = certificate;
  const place = placeOf(address);
  if (fingerprint256 !== trust.sha256) throw new StateCertificateChangedError(place, trust.sha256, fingerprint256);
  if (address.kind === 'mysql' && !isOwn)
    throw new StateUntrustedError(
      place,
      'an authority signed it, and such a one cannot be told by its fingerprint',
      null,
    );
  // Nothing but this certificate vouches for this certificate, whoever signed it.
  return { ...always, ca: pemOf(raw), isNamed: false, allowPartialTrustChain: true };
}

/** For whoever is to compare it; null where it cannot be seen. */
export const certificateOf = async (address: ServerAddress): Promise<ShownCertificate | null> =>
  await shown(address).then(
    ({ certificate }) => shownOf(certificate),
    () => null,
  );

interface Shown {
  readonly certificate: tls.PeerCertificate;
  /** Signed by itself. */
  readonly isOwn: boolean;
}

/** Not a byte of a secret is sent. @throws StateUnreachableError, StateNoTlsError */
async function shown(address: ServerAddress): Promise<Shown> {
  const { host, port, kind } = address;
  const place = placeOf(address);
  const plain = net.connect({ host, port });
  return await new Promise<Shown>((resolve, reject) => {
    const fail = (error: Error): void => {
      reject(error);
      plain.destroy();
    };
    const away = (cause: NodeJS.ErrnoException): void =>
      fail(new StateUnreachableError(place, cause.code ?? cause.message, { cause }));
    plain.setTimeout(LOOK_TIMEOUT_MS, () => fail(new StateUnreachableError(place, 'ETIMEDOUT')));
    plain.on('error', away);
    plain.on('close', () => fail(new StateUnreachableError(place, 'ECONNRESET')));
    if (kind === 'postgresql') plain.once('connect', () => plain.write(SSL_REQUEST_POSTGRESQL));
    plain.once('data', (first: Buffer) => {
      if (kind === 'postgresql' ? first[0] !== 0x53 : !speaksTls(first)) {
        fail(new StateNoTlsError(place));
        return;
      }
      if (kind === 'mysql') plain.write(SSL_REQUEST_MYSQL);
      const servername = net.isIP(host) === 0 ? { servername: host } : {};
      // Only to see what is shown: the connection that a password goes by is held to it by `securityOf`.
      const socket = tls.connect({ socket: plain, ...servername, rejectUnauthorized: false });
      socket.on('error', away);
      socket.on('secureConnect', () => {
        const certificate = socket.getPeerCertificate();
        const { subject, issuer } = certificate;
        resolve({ certificate, isOwn: JSON.stringify(subject) === JSON.stringify(issuer) });
        socket.destroy();
      });
    });
  });
}

const GREETING_TIMEOUT_MS = 2_000;

/** Which kind of database answers there, by its first bytes; null where none does. Not a byte of a secret is sent. */
export async function kindAt({ host, port, kind: expected }: ServerAddress): Promise<ServerAddress['kind'] | null> {
  return await new Promise((resolve) => {
    const plain = net.connect({ host, port });
    const end = (kind: ServerAddress['kind'] | null): void => {
      plain.destroy();
      resolve(kind);
    };
    // MySQL greets whoever comes; PostgreSQL says nothing before it is asked.
    let hasAsked = false;
    const ask = (): void => {
      hasAsked = true;
      plain.write(SSL_REQUEST_POSTGRESQL);
    };
    if (expected === 'postgresql') plain.once('connect', ask);
    plain.setTimeout(GREETING_TIMEOUT_MS, () => (hasAsked ? end(null) : ask()));
    plain.once('data', (first) => {
      const isGreeting = first.length > 4 && first[3] === 0 && (first[4] === 10 || first[4] === 0xff);
      const isAnswer = hasAsked && first.length === 1 && (first[0] === 0x53 || first[0] === 0x4e);
      end(isAnswer ? 'postgresql' : isGreeting ? 'mysql' : null);
    });
    plain.on('error', () => end(null));
    plain.on('close', () => end(null));
  });
}

const SSL_REQUEST_POSTGRESQL = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);

/** Packet 1 of 32 bytes: protocol 4.1, TLS, secure passwords; 16 MiB at most; UTF-8; 23 bytes of nothing. */
const SSL_REQUEST_MYSQL = Buffer.concat([
  Buffer.from([32, 0, 0, 1]),
  Buffer.from([0x00, 0x8a, 0x00, 0x00, 0, 0, 0, 1, 45]),
  Buffer.alloc(23),
]);
const CLIENT_SSL = 0x0800;

/** By the first packet of a MySQL server: after its version, thread and salt stand the lower bits of what it can. */
function speaksTls(packet: Buffer): boolean {
  const end = packet.indexOf(0, 5);
  const at = end + 1 + 4 + 8 + 1;
  return end > 0 && packet.length >= at + 2 && (packet.readUInt16LE(at) & CLIENT_SSL) !== 0;
}
