/** A session is patient without doing things twice, and follows lists to their end. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { CloudSession } from '../../worker/destinations/openstack/cloud-session.ts';
import { PROJECT, SmallCloud, never } from './small-cloud.ts';

const Servers = z.object({ servers: z.array(z.unknown()) });
const get = { schema: Servers, signal: never };
const NONE = { body: { servers: [] } };

describe('patience', () => {
  test('outlasts a service that is started anew', async () => {
    await using cloud = await SmallCloud.start();
    const replies = [
      { body: null },
      { status: 502, body: 'x' },
      { status: 503, body: 'x' },
      { status: 504, body: 'x' },
    ];
    cloud.on('GET /compute/v2.1/servers', () => replies.shift() ?? NONE);
    await using session = await CloudSession.open(cloud.signIn(), never, cloud.clock);

    expect(await session.request('compute', 'GET', '/servers', get)).toEqual({ servers: [] });
    expect(cloud.pauses).toHaveLength(4);
    expect(cloud.pauses[3]).toBeGreaterThan(cloud.pauses[0] ?? Infinity);
  });

  test('ends after about a minute', async () => {
    await using cloud = await SmallCloud.start();
    cloud.on('GET /compute/v2.1/servers', () => ({
      status: 503,
      body: 'x',
      headers: { 'X-Compute-Request-Id': 'req-9' },
    }));
    await using session = await CloudSession.open(cloud.signIn(), never, cloud.clock);
    await expect(session.request('compute', 'GET', '/servers', get)).rejects.toMatchObject({
      code: 'openstack.unavailable',
      requestId: 'req-9',
      retryable: true,
    });
    const waitedMs = cloud.pauses.reduce((sum, ms) => sum + ms, 0);
    expect(waitedMs).toBeGreaterThan(40_000);
    expect(waitedMs).toBeLessThan(80_000);
  });

  test('is for the outage of a service, however many questions meet it', async () => {
    await using cloud = await SmallCloud.start();
    let isOut = true;
    cloud.on('GET /compute/v2.1/servers', () => (isOut ? { status: 503, body: 'x' } : NONE));
    let nowMs = 0;
    const clock = { now: () => nowMs, pause: async (ms: number) => void (nowMs += ms) };
    await using session = await CloudSession.open(cloud.signIn(), never, clock);
    const waitedFor = async (): Promise<number> => {
      const beganMs = nowMs;
      await session.request('compute', 'GET', '/servers', get).catch(() => {});
      return nowMs - beganMs;
    };

    const [first, second, third] = [await waitedFor(), await waitedFor(), await waitedFor()];
    isOut = false;
    expect(await waitedFor()).toBe(0);
    isOut = true;
    const next = await waitedFor();

    expect(first).toBeGreaterThan(40_000);
    expect(first + second + third).toBeLessThanOrEqual(90_000);
    expect(next).toBeGreaterThan(40_000);
  });

  test('never asks twice for something to be made when the first answer was lost', async () => {
    await using cloud = await SmallCloud.start();
    cloud.on('POST /compute/v2.1/servers', () => ({ body: null }));
    await using session = await CloudSession.open(cloud.signIn(), never, cloud.clock);
    const ask = { schema: z.unknown(), body: {}, signal: never };

    await expect(session.request('compute', 'POST', '/servers', ask)).rejects.toMatchObject({
      code: 'net.connection-lost',
    });
    expect(cloud.askedFor('POST /compute/v2.1/servers')).toHaveLength(1);

    await expect(session.request('compute', 'POST', '/servers', { ...ask, isRepeatable: true })).rejects.toMatchObject({
      code: 'net.connection-lost',
    });
    expect(cloud.askedFor('POST /compute/v2.1/servers').length).toBeGreaterThan(5);
  });

  test('waits as long as a limit of rate asks for, whatever was asked', async () => {
    await using cloud = await SmallCloud.start();
    const replies = [
      { status: 429, headers: { 'Retry-After': '7' }, body: { overLimit: { code: 429, message: 'Slow down.' } } },
      { status: 413, headers: { 'Retry-After': '9' }, body: { overLimit: { code: 413, message: 'Rate-limited.' } } },
    ];
    cloud.on('POST /compute/v2.1/servers', () => replies.shift() ?? { status: 202 });
    await using session = await CloudSession.open(cloud.signIn(), never, cloud.clock);
    await session.request('compute', 'POST', '/servers', { schema: z.null(), body: {}, signal: never });
    expect(cloud.pauses).toEqual([7000, 9000]);
  });

  test('does not take Cinder’s quota for a limit of rate', async () => {
    await using cloud = await SmallCloud.start();
    const message = 'VolumeLimitExceeded: Maximum number of volumes allowed (10) exceeded for quota ‘volumes’.';
    cloud.on(`POST /volume/v3/${PROJECT.id}/volumes`, () => ({
      status: 413,
      headers: { 'Retry-After': '0' },
      body: { overLimit: { code: 413, message, retryAfter: '0' } },
    }));
    await using session = await CloudSession.open(cloud.signIn(), never, cloud.clock);
    await expect(
      session.request('volume', 'POST', '/volumes', { schema: z.null(), body: {}, signal: never, isRepeatable: true }),
    ).rejects.toMatchObject({ code: 'openstack.quota-exceeded' });
    expect(cloud.pauses).toEqual([]);
  });

  test('ends when its caller does not want to wait any more', async () => {
    await using cloud = await SmallCloud.start();
    const cancel = new AbortController();
    cloud.on('GET /compute/v2.1/servers', () => {
      cancel.abort(new Error('the operator cancelled'));
      return { status: 503, body: 'x' };
    });
    await using session = await CloudSession.open(cloud.signIn(), never);
    await expect(session.request('compute', 'GET', '/servers', { ...get, signal: cancel.signal })).rejects.toThrow(
      'the operator cancelled',
    );
  });
});

describe('a list', () => {
  const Named = z.object({ name: z.string() });
  const names = async (items: AsyncIterable<{ name: string }>): Promise<string[]> => {
    const found: string[] = [];
    for await (const { name } of items) found.push(name);
    return found;
  };

  test('is followed through Nova’s links, whatever host they name', async () => {
    await using cloud = await SmallCloud.start();
    cloud.on('GET /compute/v2.1/servers', ({ path }) =>
      path.includes('marker=a')
        ? { body: { servers: [{ name: 'b' }] } }
        : {
            body: {
              servers: [{ name: 'a' }],
              servers_links: [{ rel: 'next', href: 'http://inside.example:8774/v2.1/servers?limit=1&marker=a' }],
            },
          },
    );
    await using session = await CloudSession.open(cloud.signIn(), never, cloud.clock);
    expect(await names(session.list('compute', '/servers', 'servers', Named, never, { limit: '1' }))).toEqual([
      'a',
      'b',
    ]);
    expect(cloud.askedFor('GET /compute/v2.1/servers').at(-1)?.path).toBe('/compute/v2.1/servers?limit=1&marker=a');
  });

  test('is followed through Glance’s next', async () => {
    await using cloud = await SmallCloud.start();
    cloud.on('GET /image/v2/images', ({ path }) =>
      path.includes('marker=a')
        ? { body: { images: [{ name: 'b' }], schema: 'x' } }
        : { body: { images: [{ name: 'a' }], next: '/v2/images?marker=a', first: '/v2/images' } },
    );
    await using session = await CloudSession.open(cloud.signIn(), never, cloud.clock);
    expect(await names(session.list('image', '/images', 'images', Named, never))).toEqual(['a', 'b']);
  });

  test('that leads in a circle is not followed for ever', async () => {
    await using cloud = await SmallCloud.start();
    cloud.on('GET /image/v2/images', () => ({ body: { images: [{ name: 'a' }], next: '/v2/images?marker=a' } }));
    await using session = await CloudSession.open(cloud.signIn(), never, cloud.clock);
    await expect(names(session.list('image', '/images', 'images', Named, never))).rejects.toMatchObject({
      code: 'openstack.strange-answer',
    });
  });
});
