/** Puts the app on a port of this computer. */
import { once } from 'node:events';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomUUID } from 'node:crypto';
import { getRequestListener } from '@hono/node-server';
import type { App } from './app.ts';
import { BadRequestError } from './errors.ts';
import { problemResponse } from './problem.ts';

export interface ServeOptions {
  /** 0 takes a free one. */
  readonly port: number;
  readonly host?: string;
}

export interface Server extends AsyncDisposable {
  /** `http://127.0.0.1:7000` */
  readonly url: string;
}

export async function serveOn(app: App, { port, host = '127.0.0.1' }: ServeOptions): Promise<Server> {
  const listener = getRequestListener(
    async (request, { incoming }) => await app.fetch(request, { address: incoming.socket.remoteAddress ?? 'unknown' }),
    {
      overrideGlobalObjects: false,
      errorHandler: () =>
        problemResponse(
          new BadRequestError([{ path: '', says: 'the request line or its Host header makes no address' }]),
          `urn:uuid:${randomUUID()}`,
        ),
    },
  );
  const server = http.createServer((incoming, outgoing) => void listener(incoming, outgoing));
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address() as AddressInfo; // it listens on TCP
  return {
    url: `http://${host}:${address.port}`,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
