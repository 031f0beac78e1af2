/** Opens connections without TLS for Node's own HTTP client, through a proxy where one is set. */
import * as http from 'node:http';
import * as net from 'node:net';
import type { Duplex } from 'node:stream';
import { UnreachableError } from './errors.ts';
import { tunnel } from './tls.ts';

const CONNECT_TIMEOUT_MS = 30_000;

/** For servers that speak plain HTTP; says who cannot be reached as `TrustingAgent` does. */
export class PlainAgent extends http.Agent {
  readonly #proxy: string | null;

  constructor(proxy: string | null, options: http.AgentOptions = { keepAlive: true, maxSockets: 8 }) {
    super(options);
    this.#proxy = proxy;
  }

  override createConnection(
    options: http.ClientRequestArgs,
    callback?: (error: Error | null, socket: Duplex) => void,
  ): undefined {
    void connectFor(options.host ?? 'localhost', Number(options.port ?? 80), this.#proxy, callback);
    return undefined; // the callback gives the socket
  }
}

async function connectFor(
  host: string,
  port: number,
  proxy: string | null,
  callback: ((error: Error | null, socket: Duplex) => void) | undefined,
): Promise<void> {
  let socket: net.Socket;
  try {
    socket = proxy === null ? await connect(host, port) : await tunnel(proxy, host, port);
  } catch (error) {
    callback?.(error as Error, undefined as unknown as Duplex); // Node looks at the error first, whatever its types say
    return;
  }
  callback?.(null, socket);
}

async function connect(host: string, port: number): Promise<net.Socket> {
  const server = `${host}:${port}`;
  const socket = net.connect({ host, port });
  await new Promise<void>((resolve, reject) => {
    socket.setTimeout(CONNECT_TIMEOUT_MS, () =>
      socket.destroy(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' })),
    );
    socket.once('error', (cause) => reject(new UnreachableError(server, cause)));
    socket.once('connect', resolve);
  });
  socket.setTimeout(0).removeAllListeners('timeout').removeAllListeners('error'); // they are the client's from here on
  return socket;
}
