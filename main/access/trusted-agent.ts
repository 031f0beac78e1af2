/** HTTPS connections that carry nothing before the other end is who it should be, through a proxy where one is set. */
import * as http from 'node:http';
import * as https from 'node:https';
import * as net from 'node:net';
import type { Duplex } from 'node:stream';
import * as tls from 'node:tls';
import { GutsError } from '../shared/errors.ts';
import type { Trust } from '../shared/trust.ts';

const CONNECT_TIMEOUT_MS = 20_000;
const PROXY_PORT = 3128;

export class UntrustedPeerError extends GutsError {
  readonly code = 'net.untrusted';
  readonly remedy = 'Compare the certificate with the one that the server should have, and trust that one.';
}

/** Why there is no connection; nothing was sent. */
export class NoConnectionError extends Error {
  readonly code: string;

  constructor(code: string) {
    super(`no connection (${code})`);
    this.code = code;
  }
}

export interface Peer {
  readonly host: string;
  readonly port: number;
}

export class TrustedAgent extends https.Agent {
  readonly #trust: Trust;
  readonly #proxy: string | null;

  constructor(trust: Trust, proxy: string | null) {
    super({ keepAlive: true, maxSockets: 8 });
    this.#trust = trust;
    this.#proxy = proxy;
  }

  override createConnection(
    options: https.RequestOptions,
    callback?: (error: Error | null, socket: Duplex) => void,
  ): undefined {
    const peer = { host: options.host ?? 'localhost', port: Number(options.port ?? 443) };
    void this.#connect(peer, callback);
    return undefined; // the callback gives the socket
  }

  async #connect(peer: Peer, callback: ((error: Error | null, socket: Duplex) => void) | undefined): Promise<void> {
    let socket: tls.TLSSocket;
    try {
      socket = await connect(peer, this.#trust, this.#proxy);
    } catch (error) {
      callback?.(error as Error, undefined as unknown as Duplex); // Node looks at the error first, whatever its types say
      return;
    }
    callback?.(null, socket);
  }
}

async function connect(peer: Peer, trust: Trust, proxy: string | null): Promise<tls.TLSSocket> {
  const through = proxy === null ? {} : { socket: await tunnel(peer, proxy) };
  const socket = tls.connect({
    ...peer,
    ...(net.isIP(peer.host) === 0 ? { servername: peer.host } : {}),
    ...through,
    ...(trust.kind === 'authorities' ? { ca: trust.pem } : {}),
    rejectUnauthorized: false, // `demand` decides, before a byte is sent, and can say why
  });
  try {
    await settled(socket, 'secureConnect');
    demand(peer, trust, socket);
  } catch (error) {
    socket.destroy();
    throw error;
  }
  socket.on('error', () => {}); // its request hears of it; between two requests nobody does
  return socket;
}

/** A connection through a proxy that was asked to CONNECT. @throws NoConnectionError and what connecting throws */
export async function tunnel({ host, port }: Peer, proxy: string): Promise<net.Socket> {
  const { hostname, port: proxyPort } = new URL(proxy);
  const target = `${net.isIPv6(host) ? `[${host}]` : host}:${port}`;
  const request = http.request({
    host: hostname,
    port: proxyPort === '' ? PROXY_PORT : Number(proxyPort),
    method: 'CONNECT',
    path: target,
    headers: { host: target },
    timeout: CONNECT_TIMEOUT_MS,
    agent: false,
  });
  return await new Promise((resolve, reject) => {
    request.on('connect', ({ statusCode = 0 }, socket: net.Socket) => {
      if (statusCode >= 200 && statusCode < 300) return resolve(socket);
      socket.destroy();
      return reject(new NoConnectionError(`the proxy answers ${statusCode}`));
    });
    request.on('response', ({ statusCode = 0 }) => reject(new NoConnectionError(`the proxy answers ${statusCode}`)));
    request.on('timeout', () => request.destroy(new NoConnectionError('ETIMEDOUT')));
    request.on('error', reject);
    request.end();
  });
}

async function settled(socket: tls.TLSSocket, event: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new NoConnectionError('ETIMEDOUT')), CONNECT_TIMEOUT_MS);
    const end = (error?: Error): void => {
      clearTimeout(timer);
      if (error === undefined) resolve();
      else reject(error);
    };
    socket.once(event, () => end());
    socket.once('error', end);
    socket.once('close', () => end(new NoConnectionError('ECONNRESET')));
  });
}

/** @throws UntrustedPeerError */
function demand({ host, port }: Peer, trust: Trust, socket: tls.TLSSocket): void {
  const certificate = socket.getPeerCertificate();
  if (trust.kind === 'pinned') {
    if (certificate.fingerprint256 === trust.sha256) return;
    throw new UntrustedPeerError(`${host}:${port} shows another certificate than the one that is trusted.`);
  }
  const wrongName = socket.authorized ? tls.checkServerIdentity(host, certificate)?.message : undefined;
  const why = socket.authorized ? wrongName : String(socket.authorizationError);
  if (why !== undefined)
    throw new UntrustedPeerError(`Nobody vouches for the certificate of ${host}:${port} (${why}).`);
}
