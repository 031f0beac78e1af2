/** The typed client: the same calls over the network and in one process, with the server's own words for what goes wrong. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { ApiClient } from '../../main/shared/client/client.ts';
import { networkFetch } from '../../main/api/network-fetch.ts';
import { serveOn } from '../../main/api/server.ts';
import { MigrationId } from '../../main/shared/migration.ts';
import { smallHost, type SmallHost } from './small-host.ts';

const vc1 = { name: 'vc1', url: 'https://vc1.example.net', userName: 'mover', secret: 'geheim' };

/** The same story by both ways. */
const ways: [string, (host: SmallHost, story: (client: ApiClient) => Promise<void>) => Promise<void>][] = [
  ['in one process', async (host, story) => await story(host.client())],
  [
    'over the network',
    async (host, story) => {
      await using server = await serveOn(host.app(), { port: 0 });
      await story(new ApiClient(fetch, { baseUrl: server.url }));
    },
  ],
];

describe.each(ways)('a client %s', (_, connected) => {
  test('makes, lists, shows and deletes', async () => {
    using host = smallHost();
    await connected(host, async (client) => {
      const { source, secret } = await client.call('sources.create', { ...vc1, test: false });

      expect(secret).toBe('memory');
      expect(source).toMatchObject({ name: 'vc1', kind: 'vsphere', trust: { kind: 'system' }, proxy: null });
      expect(await client.call('sources.list', {})).toEqual({ sources: [source] });
      expect(await client.call('sources.show', { source: 'VC1' })).toMatchObject({ source });
      expect(await client.call('sources.delete', { source: source.id })).toEqual({ deleted: source.id });
      expect(await client.call('sources.list', {})).toEqual({ sources: [] });
    });
  });

  test('gets the error as it was thrown: code, words, remedy', async () => {
    using host = smallHost();
    await connected(host, async (client) => {
      await client.call('sources.create', vc1);

      await expect(client.call('sources.show', { source: 'vc9/ü %2F' })).rejects.toMatchObject({
        name: 'RemoteError',
        code: 'connection.unknown',
        message: 'There is no source “vc9/ü %2F”.',
        remedy: expect.stringContaining('vc1'),
        retryable: false,
      });
      await expect(client.call('sources.create', vc1)).rejects.toMatchObject({ code: 'connection.name-taken' });
    });
  });

  test('walks through the pages of a long list', async () => {
    using host = smallHost();
    await connected(host, async (client) => {
      await client.call('sources.create', vc1);
      await client.call('sources.refresh', { source: 'vc1' });

      const refs = [];
      for await (const { ref, source } of client.all('instances.list', { limit: 4 })) refs.push(`${source} ${ref}`);

      expect(refs).toEqual([11, 12, 13, 14, 15, 16].map((number) => `vc1 vm-${number}`));
      expect(host.calls.get('instances.list')).toBe(2);
    });
  });

  test('can give up', async () => {
    using host = smallHost({
      'sources.test': async (_, { signal }) =>
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    });
    await connected(host, async (client) => {
      const giveUp = new AbortController();
      const asked = client.call('sources.test', { source: 'vc1' }, giveUp.signal);
      giveUp.abort(new Error('changed my mind'));

      await expect(asked).rejects.toThrow('changed my mind');
    });
  });
});

describe('a client', () => {
  test('says where it found no server', async () => {
    using host = smallHost();
    const server = await serveOn(host.app(), { port: 0 });
    await server[Symbol.asyncDispose]();

    await expect(new ApiClient(fetch, { baseUrl: server.url }).call('sources.list', {})).rejects.toMatchObject({
      code: 'server.unreachable',
      message: expect.stringContaining(server.url),
      remedy: expect.stringContaining('guts serve'),
      retryable: true,
    });
  });

  test('sends again, over a connection that went away, only what is done once all the same', async () => {
    const seen: string[] = [];
    const server = createServer((request, response) => {
      seen.push(request.url ?? '');
      if (seen.length % 2 === 1) response.end('{"nodes":[]}');
      else request.socket.resetAndDestroy(); // it was idle for too long
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo; // it listens on a port
    const client = new ApiClient(networkFetch(), { baseUrl: `http://127.0.0.1:${port}` });
    const id = MigrationId.parse('mig_000000000001');
    const urlsOf = async (ask: () => Promise<unknown>): Promise<string[]> => {
      seen.length = 0;
      await client.call('nodes.list', {});
      await ask().catch(() => {}); // whatever is made of an answer that is of another operation
      return seen.slice(1);
    };

    expect(await urlsOf(() => client.call('sources.create', vc1))).toEqual(['/v1/sources', '/v1/sources']);
    expect(await urlsOf(() => client.call('services.list', {}))).toEqual(['/v1/services', '/v1/services']);
    for (const [ask, url] of [
      [() => client.call('migrations.action', { id, action: 'start' }), `/v1/migrations/${id}/action`],
      [() => client.call('plans.start', { plan: 'spring' }), '/v1/plans/spring/start'],
      [() => client.call('tidy.run', { remove: true }), '/v1/tidy'],
    ] as const)
      expect(await urlsOf(ask)).toEqual([url]);
    server.close();
    server.closeAllConnections();
  });

  test('does not wait for ever', async () => {
    using host = smallHost({ 'nodes.list': async () => await new Promise(() => {}) });
    await using server = await serveOn(host.app(), { port: 0 });

    const client = new ApiClient(fetch, { baseUrl: server.url, timeoutMs: 100 });

    await expect(client.call('nodes.list', {})).rejects.toMatchObject({ code: 'server.silent' });
  });

  test.each([
    ['a page of something else', new Response('<html>Welcome!</html>')],
    ['a refusal in other words', new Response('no', { status: 502 })],
    ['an answer of another shape', Response.json({ nodes: 7 })],
  ])('does not take %s for an answer', async (_, answer) => {
    const client = new ApiClient(async () => await Promise.resolve(answer), { baseUrl: 'http://guts.local' });

    await expect(client.call('nodes.list', {})).rejects.toMatchObject({ code: 'server.strange-answer' });
  });
});
