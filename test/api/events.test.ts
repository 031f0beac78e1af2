/** The event stream: everything in order, again from where one broke off, for many at once, and never at the expense of others. */
import * as net from 'node:net';
import { describe, expect, test } from 'vitest';
import { ApiClient } from '../../main/shared/client/client.ts';
import { networkFetch } from '../../main/api/network-fetch.ts';
import { serveOn } from '../../main/api/server.ts';
import type { GutsEvent, NumberedEvent } from '../../main/shared/events.ts';
import { MigrationId } from '../../main/shared/migration.ts';
import { openHost } from './open-host.ts';
import { smallHost } from './small-host.ts';
import { until } from '../support/until.ts';

const id = (number: number): MigrationId => MigrationId.parse(`mig_${String(number).padStart(12, '0')}`);
const stage = (number: number): GutsEvent => ({
  kind: 'migration',
  id: id(number),
  vm: `vm-${number}`,
  stage: 'copying',
  isRunning: true,
  isQueued: true,
  waitsFor: null,
  placement: null,
  slowedBy: null,
});
const progress = (number: number, doneBytes: number): GutsEvent => ({
  kind: 'progress',
  id: id(number),
  progress: {
    disk: 'Hard disk 1',
    diskIndex: 0,
    disks: 1,
    doneBytes,
    totalBytes: 1e9,
    writtenBytes: doneBytes,
    bytesPerSecond: 1,
    secondsLeft: null,
  },
});

/** Listens until something was heard for which `isLast` holds. */
async function heard(
  client: ApiClient,
  isLast: (told: NumberedEvent) => boolean,
  lastId?: string,
): Promise<NumberedEvent[]> {
  const all: NumberedEvent[] = [];
  for await (const told of client.events(lastId)) {
    all.push(told);
    if (isLast(told)) break;
  }
  return all;
}
const isStage = (number: number) => (told: NumberedEvent) =>
  told.event.kind === 'migration' && told.event.id === id(number);

describe('the events', () => {
  test('go on where a listener broke off, by the id of the last one', async () => {
    using host = smallHost();
    await using server = await serveOn(host.app(), { port: 0 });
    const client = new ApiClient(networkFetch(), { baseUrl: server.url });
    const { lastId } = host.events;
    for (let i = 1; i <= 1000; i++) host.events.tell(stage(i));

    const first = await heard(client, isStage(400), lastId);
    const rest = await heard(client, isStage(1000), first.at(-1)?.id);

    expect(first.map(({ event }) => event)).toEqual(Array.from({ length: 400 }, (_, i) => stage(i + 1)));
    expect(rest.map(({ event }) => event)).toEqual(Array.from({ length: 600 }, (_, i) => stage(i + 401)));
  });

  test('say so where they cannot go on: of another run of the server', async () => {
    using host = smallHost();
    const client = host.client();

    expect((await heard(client, () => true, 'abcdef012345-7')).map(({ event }) => event)).toEqual([{ kind: 'gap' }]);
    expect((await heard(client, () => true, 'nonsense')).map(({ event }) => event)).toEqual([{ kind: 'gap' }]);
  });

  test('are missed by nobody whose connection breaks, not even while the server starts anew', async () => {
    using host = smallHost();
    const app = host.app();
    let server = await serveOn(app, { port: 0 });
    const client = new ApiClient(networkFetch(), { baseUrl: server.url });
    const all: NumberedEvent[] = [];
    const listening = (async () => {
      for await (const told of client.events()) {
        all.push(told);
        if (isStage(4)(told)) break;
      }
    })();
    await until(
      async () => await Promise.resolve(host.events.listeners),
      (count) => count === 1,
    );

    host.events.tell(stage(1));
    await until(
      async () => await Promise.resolve(all.length),
      (count) => count === 1,
    );
    const port = Number(new URL(server.url).port);
    await server[Symbol.asyncDispose]();
    host.events.tell(stage(2));
    host.events.tell(stage(3));
    server = await serveOn(app, { port });
    host.events.tell(stage(4));
    await listening;
    await server[Symbol.asyncDispose]();

    expect(all.map(({ event }) => event)).toEqual([stage(1), stage(2), stage(3), stage(4)]);
  });

  test('can be narrowed to kinds and migrations', async () => {
    await using open = await openHost();
    const { events } = open.host;
    const { lastId } = events;
    const listen = async (query: string): Promise<string> => {
      const stop = new AbortController();
      const response = await open.ask(`/v1/events${query}`, {
        headers: { 'last-event-id': lastId },
        signal: stop.signal,
      });
      if (response.status !== 200 || response.body === null) return `${response.status} ${await response.text()}`;
      let text = '';
      for await (const chunk of response.body) {
        text += Buffer.from(chunk as Uint8Array).toString(); // of bytes
        if (text.includes('event: gap') || text.includes(id(9))) break;
      }
      return text;
    };
    events.tell(stage(1));
    events.tell({ kind: 'settings' });
    events.tell(stage(9));

    expect(await listen('?kinds=migration')).not.toContain('event: settings');
    expect(await listen(`?migration=${id(9)}`)).not.toMatch(new RegExp(`settings|${id(1)}`));
    expect(await listen(`?kinds=settings,migration&migration=${id(1)}&migration=${id(9)}`)).toContain(id(1));
    expect(await listen('?kinds=everything')).toMatch(/^400 .*api\.bad-request/);
    expect(await listen('?migration=web-01')).toMatch(/^400 .*api\.bad-request/);
    expect(await listen('?kind=migration')).toMatch(/^400 .*api\.bad-request/);
  });

  test('reach 200 listeners at once, each one everything in order, for little', async () => {
    using host = smallHost();
    using app = host.app();
    await using server = await serveOn(app, { port: 0 });
    const listeners = Array.from({ length: 200 }, async () => {
      const client = new ApiClient(networkFetch(), { baseUrl: server.url });
      return (await heard(client, isStage(500)))
        .filter(({ event }) => event.kind === 'migration')
        .map(({ event }) => event);
    });
    await until(
      async () => await Promise.resolve(app.listeners),
      (count) => count === 200,
    );

    for (let i = 1; i <= 500; i++) {
      for (let disk = 0; disk < 4; disk++) host.events.tell(progress(i, disk));
      host.events.tell(stage(i));
      if (i % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
    }

    const expected = Array.from({ length: 500 }, (_, i) => stage(i + 1));
    for (const all of await Promise.all(listeners)) expect(all).toEqual(expected);
  });

  test('are not kept for one who does not read: progress is left out, then the listener is let go', async () => {
    using host = smallHost();
    using app = host.app();
    await using server = await serveOn(app, { port: 0 });
    const socket = net.connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.pause();
    socket.write('GET /v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await until(
      async () => await Promise.resolve(app.listeners),
      (count) => count === 1,
    );

    // Nobody reads: what the sockets of both sides hold is some megabytes, and then it is the server's memory.
    let told = 0;
    await until(
      async () => {
        for (let i = 0; i < 2000; i++) host.events.tell({ ...stage(i), vm: 'x'.repeat(1000) } as GutsEvent);
        told += 2000;
        return await Promise.resolve(app.listeners);
      },
      (count) => count === 0,
    );

    expect(told).toBeGreaterThan(2000);
    socket.destroy();
  });

  test('are for those who may look, and end for those who may not any more', async () => {
    await using open = await openHost();
    expect((await fetch(`${open.server.url}/v1/events`)).status).toBe(401);
    expect((await open.ask('/v1/events', { method: 'HEAD' })).headers.get('content-type')).toBe('text/event-stream');
    expect((await open.ask('/v1/events', { method: 'POST' })).status).toBe(405);

    const admin = open.client(open.localToken);
    const { id, token } = await admin.call('tokens.create', { name: 'screen', role: 'viewer' });
    const { body } = await fetch(`${open.server.url}/v1/events`, { headers: { authorization: `Bearer ${token}` } });
    await admin.call('tokens.delete', { token: id });
    const pieces = [];
    for await (const piece of body ?? []) pieces.push(piece); // until the server ends it
    expect(pieces.length).toBeGreaterThan(0);
    await expect(heard(open.client(token), () => true)).rejects.toMatchObject({ code: 'access.token-refused' });
  });
});
