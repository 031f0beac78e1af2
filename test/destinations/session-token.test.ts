/** A session outlives its token: renewed before it ends, and in the middle, once for everybody. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { CloudSession } from '../../worker/destinations/openstack/cloud-session.ts';
import { SmallCloud, never } from './small-cloud.ts';

const Servers = z.object({ servers: z.array(z.unknown()) });
const get = { schema: Servers, signal: never };
const NONE = { body: { servers: [] } };
const REFUSED = {
  status: 401,
  body: { error: { code: 401, title: 'Unauthorized', message: 'The request you have made requires authentication.' } },
};

describe('a token', () => {
  test('that ended in the middle is renewed once, however many were waiting', async () => {
    await using cloud = await SmallCloud.start();
    cloud.on('GET /compute/v2.1/servers', ({ headers }) =>
      headers['x-auth-token'] === 'token-1-of-the-test' ? REFUSED : NONE,
    );
    await using session = await CloudSession.open(cloud.signIn(), never, cloud.clock);

    const answers = await Promise.all(
      Array.from({ length: 6 }, () => session.request('compute', 'GET', '/servers', get)),
    );

    expect(answers).toHaveLength(6);
    expect(cloud.tokens).toHaveLength(2);
  });

  test('that ended does not keep a POST from being asked again: it was turned away at the door', async () => {
    await using cloud = await SmallCloud.start();
    cloud.on('POST /compute/v2.1/servers', ({ headers, body }) =>
      headers['x-auth-token'] === 'token-1-of-the-test' ? REFUSED : { status: 202, body },
    );
    await using session = await CloudSession.open(cloud.signIn(), never, cloud.clock);
    const schema = z.object({ server: z.object({ name: z.string() }) });
    const body = { server: { name: 'web' } };
    expect(await session.request('compute', 'POST', '/servers', { schema, body, signal: never })).toEqual(body);
  });

  test('is renewed before it ends when more of it is needed', async () => {
    await using cloud = await SmallCloud.start();
    await using session = await CloudSession.open(cloud.signIn(), never, cloud.clock);

    expect(await session.token(1200)).toBe('token-1-of-the-test');
    cloud.aheadMs = 2700_000; // 15 minutes are left of the hour
    expect(await session.token()).toBe('token-1-of-the-test');
    expect(await Promise.all([session.token(1200), session.token(1200)])).toEqual([
      'token-2-of-the-test',
      'token-2-of-the-test',
    ]);
  });

  test('is not renewed again and again where none lasts as long as it is needed', async () => {
    await using cloud = await SmallCloud.start();
    cloud.tokenSeconds = 600;
    await using session = await CloudSession.open(cloud.signIn(), never, cloud.clock);

    expect(await session.token(1200)).toBe('token-1-of-the-test');
    cloud.aheadMs = 400_000;
    expect(await session.token(1200)).toBe('token-2-of-the-test');
    expect(await session.token(1200)).toBe('token-2-of-the-test');
  });

  test('ends when Keystone says, also where this machine’s clock goes wrong', async () => {
    await using cloud = await SmallCloud.start();
    cloud.aheadMs = 24 * 3600_000;
    await using session = await CloudSession.open(cloud.signIn(), never, cloud.clock);

    expect(await session.token()).toBe('token-1-of-the-test');
    expect(session.secondsLeft).toBeGreaterThan(3500);
  });

  test('that a service refuses although it is fresh is the service’s fault, and said to be', async () => {
    await using cloud = await SmallCloud.start();
    cloud.on('GET /compute/v2.1/servers', () => REFUSED);
    await using session = await CloudSession.open(cloud.signIn(), never, cloud.clock);
    await expect(session.request('compute', 'GET', '/servers', get)).rejects.toMatchObject({
      code: 'openstack.token-refused',
    });
    expect(cloud.tokens).toHaveLength(3);
  });

  test('that Keystone gave within the second in which it ended all others is replaced, too', async () => {
    await using cloud = await SmallCloud.start();
    cloud.on('GET /compute/v2.1/servers', ({ headers }) =>
      headers['x-auth-token'] === 'token-3-of-the-test' ? NONE : REFUSED,
    );
    await using session = await CloudSession.open(cloud.signIn(), never, cloud.clock);

    expect(await session.request('compute', 'GET', '/servers', get)).toEqual({ servers: [] });
    expect(cloud.pauses).toEqual([1500]);
  });

  test('of the operator’s own ends for good', async () => {
    await using cloud = await SmallCloud.start();
    let isOver = false;
    cloud.on('GET /identity/v3/auth/tokens', () => (isOver ? REFUSED : { ...cloud.grant(), status: 200 }));
    cloud.on('GET /compute/v2.1/servers', () => REFUSED);
    const signIn = cloud.signIn({ auth: { method: 'token', project: null, projectDomain: null } }, 'my-own-token');
    await using session = await CloudSession.open(signIn, never, cloud.clock);
    isOver = true;
    await expect(session.request('compute', 'GET', '/servers', get)).rejects.toMatchObject({
      code: 'openstack.token-ended',
    });
  });

  test('is got from a Keystone that is back after a while', async () => {
    await using cloud = await SmallCloud.start();
    cloud.on('GET /compute/v2.1/servers', ({ headers }) =>
      headers['x-auth-token'] === 'token-1-of-the-test' ? REFUSED : NONE,
    );
    await using session = await CloudSession.open(cloud.signIn(), never, cloud.clock);
    let isDown = 2;
    cloud.on('POST /identity/v3/auth/tokens', () => (isDown-- > 0 ? { status: 503, body: 'busy' } : cloud.grant()));
    expect(await session.request('compute', 'GET', '/servers', get)).toEqual({ servers: [] });
    expect(cloud.pauses).toHaveLength(2);
  });
});
