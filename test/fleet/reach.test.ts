/** What a worker can connect to, straight and through a proxy, measured on real sockets. */
import { once } from 'node:events';
import * as http from 'node:http';
import * as net from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ReachWatch } from '../../main/fleet/worker/reach.ts';
import type { LookTarget } from '../../main/shared/fleet.ts';
import { dst, src } from '../scheduler/samples.ts';

const portOf = (server: net.Server): number => (server.address() as net.AddressInfo).port;
async function listening<S extends net.Server>(server: S): Promise<S> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

const asked: string[] = [];
let open: net.Server;
let proxy: http.Server;
/** Nobody listens there, nor takes it meanwhile as a free one. */
const closedPort = 9;

beforeAll(async () => {
  open = await listening(net.createServer((socket) => socket.resume().on('error', () => {})));
  proxy = await listening(http.createServer());
  proxy.on('connect', ({ url = '' }: http.IncomingMessage, socket: net.Socket) => {
    asked.push(url);
    socket.on('error', () => {});
    socket.end(`HTTP/1.1 ${url.startsWith('far.test:') ? '200 OK' : '403 No'}\r\n\r\n`);
  });
});
afterAll(() => {
  open.close();
  proxy.close();
});

const target = (connection: LookTarget['connection'], port: number): LookTarget => ({
  connection,
  host: '127.0.0.1',
  port,
  proxy: null,
});

describe('the reach of a worker', () => {
  test('is what it could connect to, with the time that it took', async () => {
    const watch = new ReachWatch();
    watch.look([target(src('a'), portOf(open)), target(dst('b'), closedPort)]);
    expect(watch.measured).toEqual([]);

    const beganMs = performance.now();
    await watch.measure();
    const tookMs = performance.now() - beganMs;

    expect(watch.measured).toMatchObject([
      { connection: src('a'), isReached: true },
      { connection: dst('b'), isReached: false, milliseconds: null },
    ]);
    expect(watch.measured[0]?.milliseconds).toBeLessThanOrEqual(Math.ceil(tookMs));
  });

  test('goes through the proxy of a connection, which has the last word', async () => {
    const watch = new ReachWatch();
    const through = { port: 443, proxy: `http://127.0.0.1:${portOf(proxy)}` };
    watch.look([
      { connection: src('a'), host: 'far.test', ...through },
      { connection: src('b'), host: 'forbidden.test', ...through },
    ]);

    await watch.measure();

    expect(watch.measured.map(({ isReached }) => isReached)).toEqual([true, false]);
    expect(asked.sort()).toEqual(['far.test:443', 'forbidden.test:443']);
  });

  test('is not known any more once the address is another one', async () => {
    const watch = new ReachWatch();
    watch.look([target(src('a'), closedPort), target(dst('b'), portOf(open))]);
    await watch.measure();

    watch.look([target(src('a'), portOf(open)), target(dst('b'), portOf(open))]);
    expect(watch.measured).toMatchObject([{ connection: dst('b') }]);

    await watch.measure();
    expect(watch.measured).toMatchObject([{ isReached: true }, { isReached: true }]);
  });
});
