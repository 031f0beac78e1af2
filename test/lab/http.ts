/** The frame of a simulator: an HTTPS or HTTP server on a free port of this computer that can be shut down at once. */
import { once } from 'node:events';
import * as http from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import * as https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Certificate } from './certificate.ts';

const LOOPBACK = '127.0.0.1';

export interface LabServer extends AsyncDisposable {
  /** `https://127.0.0.1:PORT`, or `http://…` */
  readonly url: string;
  readonly port: number;
  /** Closes every open connection; new ones are welcome. */
  hangUp(): void;
  /** How far its clock is ahead of this computer's, as its answers tell it. */
  setClock(aheadMs: number): void;
  /** Is out of service: closes what is open, and turns the next so many connections away. */
  outage(connections: number): void;
}

export interface LabHttpsServer extends LabServer {
  /** Connections from now on see this certificate; those that are open are closed. */
  use(certificate: Certificate): void;
}

export type Serve = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** @param port 0 takes a free one */
export async function serveHttps(
  certificate: Certificate,
  serve: Serve,
  port = 0,
  address = LOOPBACK,
): Promise<LabHttpsServer> {
  const clock = { aheadMs: 0 };
  const server = https.createServer({ key: certificate.key, cert: certificate.pem }, answering(serve, clock));
  const frame = await listening(server, 'https', port, address, clock);
  return {
    ...frame,
    use(next) {
      server.setSecureContext({ key: next.key, cert: next.pem });
      frame.hangUp();
    },
  };
}

/** Without TLS. @param port 0 takes a free one */
export async function serveHttp(serve: Serve, port = 0, address = LOOPBACK): Promise<LabServer> {
  const clock = { aheadMs: 0 };
  return await listening(http.createServer(answering(serve, clock)), 'http', port, address, clock);
}

interface Clock {
  aheadMs: number;
}

const answering =
  (serve: Serve, clock: Clock) =>
  (request: IncomingMessage, response: ServerResponse): void => {
    if (clock.aheadMs !== 0) response.setHeader('Date', new Date(Date.now() + clock.aheadMs).toUTCString());
    serve(request, response).catch((error: unknown) => answerBug(response, error));
  };

async function listening(
  server: http.Server | https.Server,
  scheme: string,
  wanted: number,
  host: string,
  clock: Clock,
): Promise<LabServer> {
  const sockets = new Set<Socket>();
  server.requestTimeout = 0; // uploads take as long as they take
  let turnedAway = 0;
  server.on('connection', (socket: Socket) => {
    if (turnedAway > 0) {
      turnedAway--;
      socket.destroy();
      return;
    }
    sockets.add(socket);
    socket.on('error', () => {}); // clients may leave at any time
    socket.once('close', () => sockets.delete(socket));
  });
  const hangUp = (): void => {
    for (const socket of sockets) socket.destroy();
  };

  server.listen(wanted, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on TCP
  return {
    url: `${scheme}://${host}:${port}`,
    port,
    hangUp,
    setClock: (aheadMs) => void (clock.aheadMs = aheadMs),
    outage(connections) {
      turnedAway = connections;
      hangUp();
    },
    async [Symbol.asyncDispose]() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      hangUp();
      await closed;
    },
  };
}

/** All of a request's body. @throws RangeError when it is longer than `mostBytes` */
export async function bodyOf(request: IncomingMessage, mostBytes: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    length += piece.byteLength;
    if (length > mostBytes) throw new RangeError(`A request has more than ${mostBytes} bytes.`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** Hands bytes to the response; returns when it takes more. @returns false when the reader has gone */
export async function send(response: ServerResponse, bytes: Uint8Array): Promise<boolean> {
  if (response.destroyed) return false;
  if (response.write(bytes)) return true;
  return await new Promise((resolve) => {
    const end = (isThere: boolean): void => {
      response.off('drain', onDrain);
      response.off('close', onClose);
      resolve(isThere);
    };
    const onDrain = (): void => end(true);
    const onClose = (): void => end(false);
    response.on('drain', onDrain);
    response.on('close', onClose);
  });
}

/** What a simulator cannot explain is a mistake in the simulator: it is told to the client, where a test shows it. */
function answerBug(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' }).end(`The simulator failed: ${text}\n`);
}
