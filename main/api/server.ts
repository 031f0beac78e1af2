/** Puts the app on a port: with TLS where others can reach it, and with patience for nobody who is too slow or too large. */
import { randomUUID, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import * as http from 'node:http';
import * as https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { getRequestListener } from '@hono/node-server';
import type { Allowance } from '../access/buckets.ts';
import type { App } from './app.ts';
import { BadRequestError } from './errors.ts';
import { Guard, secure } from './guard.ts';
import { BadCertificateError, CannotListenError, NeedsTlsError } from './listen-errors.ts';
import { problemResponse } from './problem.ts';
import { refuseRaw } from './raw-refusal.ts';

export interface ServeOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** An address of this computer; `0.0.0.0` or `::` for all of them. */
  readonly host?: string;
  /** PEM. */
  readonly tls?: { readonly certificate: string; readonly key: string } | null;
  /** Further names by which clients call this server. */
  readonly names?: readonly string[];
  readonly allowance?: Allowance;
  readonly patience?: Patience;
}

export interface Patience {
  /** Until the headers of a request are there, and until all of it is. */
  readonly headersMs: number;
  readonly requestMs: number;
  /** How long a stop waits for requests that are under way. */
  readonly stopMs: number;
}

export interface Server extends AsyncDisposable {
  /** Where this computer reaches it: `http://127.0.0.1:7000` */
  readonly url: string;
  /** SHA-256 of the certificate; null without TLS. */
  readonly fingerprint: string | null;
}

/** For each caller: a dashboard that shows everything asks some ten times in a second. */
const ALLOWANCE: Allowance = { perSecond: 100, burst: 400 };
/** A plan of 16 MiB takes a minute at 2 Mbit/s. */
const PATIENCE: Patience = { headersMs: 10_000, requestMs: 60_000, stopMs: 10_000 };
const CHECK_MS = 1000;
const KEEP_ALIVE_MS = 30_000;
/** Room for a token of Keystone. */
const MOST_HEADER_BYTES = 16 * 1024;
const MOST_CONNECTIONS = 2000;

/** @throws NeedsTlsError, BadCertificateError, CannotListenError */
export async function serveOn(app: App, options: ServeOptions): Promise<Server> {
  const { port, host = '127.0.0.1', tls = null, names = [], allowance = ALLOWANCE, patience = PATIENCE } = options;
  const isLocal = isLoopback(host);
  if (!isLocal && tls === null) throw new NeedsTlsError(host);
  const guard = new Guard({ names: [host, ...names], isLocal, isTls: tls !== null, allowance });
  const server = serverFor(listenerFor(app, guard), tls, patience);
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new CannotListenError(host, port, error as NodeJS.ErrnoException);
  }
  const address = server.address() as AddressInfo; // it listens on TCP
  const scheme = tls === null ? 'http' : 'https';
  return {
    url: `${scheme}://${reachable(host)}:${address.port}`,
    fingerprint: tls === null ? null : new X509Certificate(tls.certificate).fingerprint256,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      app[Symbol.dispose]();
      const deadlineMs = performance.now() + patience.stopMs;
      const end = new AbortController();
      void closed.then(() => end.abort());
      while (!end.signal.aborted && performance.now() < deadlineMs) {
        server.closeIdleConnections();
        await pause(20, undefined, { signal: end.signal }).catch(() => {});
      }
      server.closeAllConnections();
      await closed;
    },
  };
}

type Listener = (incoming: http.IncomingMessage, outgoing: http.ServerResponse) => void;

function listenerFor(app: App, guard: Guard): Listener {
  const answer = getRequestListener(
    async (request, { incoming }) => {
      const arrival = { address: incoming.socket.remoteAddress ?? 'unknown' };
      try {
        guard.demand(request, arrival);
      } catch (error) {
        return secure(problemResponse(error, newInstance()));
      }
      return secure(await app.fetch(request, arrival));
    },
    {
      overrideGlobalObjects: false,
      // Only what makes no request at all comes here: the app answers everything else.
      errorHandler: () => {
        const problem = { path: '', says: 'its first line and its Host header make no address' };
        return secure(problemResponse(new BadRequestError([problem]), newInstance()));
      },
    },
  );
  return (incoming, outgoing) => void answer(incoming, outgoing);
}

function serverFor(
  listener: Listener,
  tls: { readonly certificate: string; readonly key: string } | null,
  { headersMs, requestMs }: Patience,
): http.Server | https.Server {
  const common = {
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    connectionsCheckingInterval: Math.min(CHECK_MS, headersMs),
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxHeaderSize: MOST_HEADER_BYTES,
    keepAlive: true, // of TCP: who has gone without a word is found out
  };
  const server = tls === null ? http.createServer(common, listener) : secureServer(common, listener, tls);
  server.maxConnections = MOST_CONNECTIONS;
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => refuseRaw(error, socket, newInstance()));
  return server;
}

function secureServer(
  common: http.ServerOptions,
  listener: Listener,
  { certificate, key }: { readonly certificate: string; readonly key: string },
): https.Server {
  try {
    return https.createServer({ ...common, cert: certificate, key, minVersion: 'TLSv1.2' }, listener);
  } catch (error) {
    throw new BadCertificateError(error);
  }
}

export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);

/** Of all addresses, the one that leads nowhere else. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

const newInstance = (): string => `urn:uuid:${randomUUID()}`;
