/** Opens TLS connections, through a proxy where one is set, and sends nothing before the other end is who it should be. */
import * as https from 'node:https';
import * as net from 'node:net';
import type { Duplex } from 'node:stream';
import * as tls from 'node:tls';
import type { CertificateFacts, Trust } from '../../main/shared/trust.ts';
import { CertificateChangedError, StrangeAnswerError, UnreachableError, UntrustedServerError } from './errors.ts';

/** How a server is known: as its connection says, or by what a server that is trusted already says of another. */
export type PeerTrust = Trust | { readonly kind: 'thumbprint'; readonly sha1: string };

export interface Peer {
  readonly host: string;
  readonly port: number;
  readonly trust: PeerTrust;
  /** `http://host:port`; null goes straight. */
  readonly proxy: string | null;
}

const CONNECT_TIMEOUT_MS = 30_000;
const MOST_PROXY_HEAD_BYTES = 16 * 1024;

/**
 * A connection whose other end has been checked.
 * @param options for the socket, such as `onread`
 * @throws UnreachableError, UntrustedServerError, CertificateChangedError
 */
export async function connectTls(
  peer: Peer,
  signal?: AbortSignal,
  options: tls.ConnectionOptions = {},
): Promise<tls.TLSSocket> {
  const socket = await handshake(peer, signal, { ...options, ...authorities(peer.trust) });
  try {
    mustBe(peer, socket);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** What the server shows of itself; nothing is sent to it. */
export async function certificateOf(peer: Omit<Peer, 'trust'>, signal?: AbortSignal): Promise<CertificateFacts> {
  return (await shownBy({ ...peer, trust: { kind: 'system' } }, signal)).facts;
}

/**
 * The same, with what vSphere knows a certificate by.
 * @returns the facts with the problem that whoever vouches for the peer has with it; a pin is not held against it
 */
export async function shownBy(
  peer: Peer,
  signal?: AbortSignal,
): Promise<{ readonly facts: CertificateFacts; readonly sha1: string }> {
  const socket = await handshake(peer, signal, authorities(peer.trust));
  const certificate = socket.getPeerCertificate();
  const problem = problemOf(peer.host, socket);
  socket.destroy();
  const nameOf = (name: tls.Certificate | undefined): string =>
    Object.entries(name ?? {})
      .map(([key, value]) => `${key}=${String(value)}`)
      .join(', ');
  const facts = {
    sha256: certificate.fingerprint256,
    subject: nameOf(certificate.subject),
    issuer: nameOf(certificate.issuer),
    validFrom: certificate.valid_from,
    validTo: certificate.valid_to,
    problem,
  };
  return { facts, sha1: certificate.fingerprint };
}

/** For Node's own HTTP client and whatever is built on it: every connection that it opens is checked. */
export class TrustingAgent extends https.Agent {
  readonly #trust: Trust;
  readonly #proxy: string | null;

  constructor(trust: Trust, proxy: string | null, options: https.AgentOptions = { keepAlive: true, maxSockets: 8 }) {
    super(options);
    this.#trust = trust;
    this.#proxy = proxy;
  }

  override createConnection(
    options: https.RequestOptions,
    callback?: (error: Error | null, socket: Duplex) => void,
  ): undefined {
    const peer = {
      host: options.host ?? 'localhost',
      port: Number(options.port ?? 443),
      trust: this.#trust,
      proxy: this.#proxy,
    };
    void connectFor(peer, callback);
    return undefined; // the callback gives the socket
  }
}

async function connectFor(
  peer: Peer,
  callback: ((error: Error | null, socket: Duplex) => void) | undefined,
): Promise<void> {
  let socket: tls.TLSSocket;
  try {
    socket = await connectTls(peer);
  } catch (error) {
    callback?.(error as Error, undefined as unknown as Duplex); // Node looks at the error first, whatever its types say
    return;
  }
  socket.on('error', () => {}); // its request hears of it; between two requests, and when one was aborted, nobody does
  callback?.(null, socket);
}

function authorities(trust: PeerTrust): tls.ConnectionOptions {
  return trust.kind === 'authorities' ? { ca: trust.pem } : {};
}

async function handshake(
  { host, port, proxy }: Peer,
  signal: AbortSignal | undefined,
  options: tls.ConnectionOptions,
): Promise<tls.TLSSocket> {
  signal?.throwIfAborted();
  const through = proxy === null ? {} : { socket: await tunnel(proxy, host, port, signal) };
  const socket = tls.connect({
    host,
    port,
    ...(net.isIP(host) === 0 ? { servername: host } : {}),
    ...through,
    ...options,
    rejectUnauthorized: false, // `mustBe` decides, before a byte is sent, and can say why
  });
  await settled(socket, 'secureConnect', `${host}:${port}`, signal);
  return socket;
}

/** A connection to `host` through a proxy that was asked to CONNECT. */
export async function tunnel(proxy: string, host: string, port: number, signal?: AbortSignal): Promise<net.Socket> {
  const { hostname, port: proxyPort } = new URL(proxy);
  const socket = net.connect({ host: hostname, port: Number(proxyPort === '' ? 3128 : proxyPort) });
  await settled(socket, 'connect', `The proxy ${proxy}`, signal);
  const target = net.isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
  socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`);
  let head = '';
  while (!head.includes('\r\n\r\n')) {
    await settled(socket, 'readable', `The proxy ${proxy}`, signal);
    for (let byte = socket.read(1); byte !== null && !head.includes('\r\n\r\n'); byte = socket.read(1))
      head += (byte as Buffer).toString('latin1');
    if (head.length > MOST_PROXY_HEAD_BYTES || socket.readableEnded) break;
  }
  if (/^HTTP\/1\.[01] 2\d\d /.test(head)) return socket;
  socket.destroy();
  throw new StrangeAnswerError(`The proxy ${proxy} did not connect to ${target}: “${head.split('\r\n')[0] ?? ''}”.`);
}

/** Waits for an event of the socket; it is destroyed when something else comes first. */
async function settled(socket: net.Socket, event: string, server: string, signal?: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => end(new UnreachableError(server, { code: 'ETIMEDOUT' })), CONNECT_TIMEOUT_MS);
    const end = (error?: unknown): void => {
      clearTimeout(timer);
      socket.off(event, onEvent);
      socket.off('error', onError);
      socket.off('close', onClose);
      signal?.removeEventListener('abort', onAbort);
      if (error === undefined) {
        resolve();
        return;
      }
      socket.on('error', () => {}); // the reason is told already
      socket.destroy();
      reject(error);
    };
    const onEvent = (): void => end();
    const onError = (cause: Error): void => end(new UnreachableError(server, cause));
    const onClose = (): void => end(new UnreachableError(server, { code: 'ECONNRESET' }));
    const onAbort = (): void => end(signal?.reason);
    socket.on(event, onEvent);
    socket.on('error', onError);
    socket.on('close', onClose);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** @throws UntrustedServerError, CertificateChangedError */
function mustBe({ host, port, trust }: Peer, socket: tls.TLSSocket): void {
  const server = `${host}:${port}`;
  const certificate = socket.getPeerCertificate();
  if (trust.kind === 'pinned' || trust.kind === 'thumbprint') {
    const [expected, found] =
      trust.kind === 'pinned'
        ? [trust.sha256, certificate.fingerprint256]
        : [trust.sha1.toUpperCase(), certificate.fingerprint];
    if (expected !== found) throw new CertificateChangedError(server, expected, found);
    return;
  }
  const problem = problemOf(host, socket);
  if (problem !== null) throw new UntrustedServerError(server, problem, certificate.fingerprint256);
}

function problemOf(host: string, socket: tls.TLSSocket): string | null {
  if (!socket.authorized) return readable(socket.authorizationError);
  return tls.checkServerIdentity(host, socket.getPeerCertificate())?.message ?? null;
}

function readable(error: Error | string | undefined): string {
  const code = typeof error === 'string' ? error : ((error as NodeJS.ErrnoException | undefined)?.code ?? 'unknown');
  const words: Record<string, string> = {
    DEPTH_ZERO_SELF_SIGNED_CERT: 'it is signed by itself',
    SELF_SIGNED_CERT_IN_CHAIN: 'an authority that this machine does not know signed it',
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'an authority that this machine does not know signed it',
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'an authority that this machine does not know signed it',
    CERT_HAS_EXPIRED: 'it has expired',
    CERT_NOT_YET_VALID: 'it is not valid yet; check the clocks of both machines',
    ERR_TLS_CERT_ALTNAME_INVALID: 'it is for another name',
  };
  return words[code] ?? code;
}
