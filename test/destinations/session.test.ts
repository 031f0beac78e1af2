/** How a session with a cloud begins, lasts longer than its token, and stays patient without doing things twice. */
import * as net from 'node:net';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { CloudSession } from '../../worker/destinations/openstack/cloud-session.ts';
import { PASSWORD, PROJECT, SmallCloud, never } from './small-cloud.ts';

const Servers = z.object({ servers: z.array(z.unknown()) });
const get = { schema: Servers, signal: never };
const NONE = { body: { servers: [] } };
const REFUSED = {
  status: 401,
  body: { error: { code: 401, title: 'Unauthorized', message: 'The request you have made requires authentication.' } },
};

describe('signing in to a cloud', () => {
  test('by password names the project and both domains, and says who and where it is', async () => {
    await using cloud = await SmallCloud.start();
    await using session = await CloudSession.open(cloud.signIn(), never, cloud.clock);

    expect(cloud.askedFor('POST /identity/v3/auth/tokens').map(({ body }) => body)).toEqual([
      {
        auth: {
          identity: {
            methods: ['password'],
            password: { user: { name: 'migrator', domain: { name: 'Default' }, password: PASSWORD } },
          },
          scope: { project: { name: 'migration', domain: { name: 'Default' } } },
        },
      },
    ]);
    expect(session.about).toEqual({
      project: PROJECT,
      user: { id: 'u1', name: 'migrator' },
      roles: ['member'],
      region: 'RegionOne',
      versions: { compute: '2.93', image: '2.15', network: '2.0', volume: '3.70' },
    });
  });

  test('takes ids for ids: they need no domain', async () => {
    await using cloud = await SmallCloud.start();
    const auth = {
      method: 'password',
      userName: 'f'.repeat(64),
      userDomain: 'default',
      project: PROJECT.id,
      projectDomain: 'default',
    } as const;
    await using session = await CloudSession.open(cloud.signIn({ auth }), never, cloud.clock);

    expect(cloud.askedFor('POST /identity/v3/auth/tokens')[0]?.body).toMatchObject({
      auth: {
        identity: { password: { user: { id: 'f'.repeat(64), password: PASSWORD } } },
        scope: { project: { id: PROJECT.id } },
      },
    });
    expect(session.about.project).toEqual(PROJECT);
  });

  test('by application credential asks for no scope, for it has one', async () => {
    await using cloud = await SmallCloud.start();
    const signIn = cloud.signIn({ auth: { method: 'applicationCredential', id: 'ac1' } });
    await using session = await CloudSession.open(signIn, never, cloud.clock);

    expect(cloud.askedFor('POST /identity/v3/auth/tokens')[0]?.body).toEqual({
      auth: {
        identity: { methods: ['application_credential'], application_credential: { id: 'ac1', secret: PASSWORD } },
      },
    });
    expect(session.has('compute')).toBe(true);
  });

  test('by token keeps the scope that the token has, and makes no other', async () => {
    await using cloud = await SmallCloud.start();
    cloud.on('GET /identity/v3/auth/tokens', () => ({ ...cloud.grant(), status: 200 }));
    const signIn = cloud.signIn({ auth: { method: 'token', project: null, projectDomain: null } }, 'my-own-token');
    await using session = await CloudSession.open(signIn, never, cloud.clock);

    expect(await session.token()).toBe('my-own-token');
    expect(cloud.askedFor('POST /identity/v3/auth/tokens')).toEqual([]);
  });

  test('by token into a project makes a token of that project', async () => {
    await using cloud = await SmallCloud.start();
    const auth = { method: 'token', project: 'migration', projectDomain: 'Default' } as const;
    await using session = await CloudSession.open(cloud.signIn({ auth }, 'my-own-token'), never, cloud.clock);

    expect(cloud.askedFor('POST /identity/v3/auth/tokens')[0]?.body).toEqual({
      auth: {
        identity: { methods: ['token'], token: { id: 'my-own-token' } },
        scope: { project: { name: 'migration', domain: { name: 'Default' } } },
      },
    });
    expect(await session.token()).toBe('token-1-of-the-test');
  });

  test.for(['/identity', '/identity/', '/identity/v3', '/identity/v3/', '/identity/v2.0'])(
    'finds Keystone v3 from %s',
    async (address) => {
      await using cloud = await SmallCloud.start();
      const signIn = cloud.signIn({ authUrl: `${cloud.url}${address}` });
      await using session = await CloudSession.open(signIn, never, cloud.clock);
      expect(session.endpoint('identity')).toBe(`${cloud.url}/identity/v3`);
    },
  );

  test('finds Keystone by its list of versions, and keeps to the host that it was told', async () => {
    await using cloud = await SmallCloud.start();
    cloud.on('GET /sign/v3', () => ({ status: 404, body: 'no' }));
    cloud.on('GET /sign/', () => ({
      status: 300,
      body: {
        versions: {
          values: [{ id: 'v3.14', links: [{ rel: 'self', href: 'http://inside.example:5000/identity/v3/' }] }],
        },
      },
    }));
    await using session = await CloudSession.open(cloud.signIn({ authUrl: `${cloud.url}/sign` }), never, cloud.clock);
    expect(session.endpoint('identity')).toBe(`${cloud.url}/identity/v3`);
  });

  test('says that an address is not Keystone’s', async () => {
    await using cloud = await SmallCloud.start();
    cloud.on('GET /horizon/', () => ({ body: '<html>Log in</html>' }));
    await expect(
      CloudSession.open(cloud.signIn({ authUrl: `${cloud.url}/horizon` }), never, cloud.clock),
    ).rejects.toMatchObject({ code: 'openstack.not-keystone', remedy: expect.stringContaining('API Access') });
    await expect(
      CloudSession.open(cloud.signIn({ authUrl: `${cloud.url}/horizon/v3` }), never, cloud.clock),
    ).rejects.toMatchObject({ code: 'openstack.not-keystone' });
  });

  test('says that a Keystone is too old', async () => {
    await using cloud = await SmallCloud.start();
    cloud.on('GET /old/', () => ({ status: 300, body: { versions: { values: [{ id: 'v2.0', links: [] }] } } }));
    await expect(CloudSession.open(cloud.signIn({ authUrl: `${cloud.url}/old` }), never, cloud.clock)).rejects.toThrow(
      'it speaks v2.0 only',
    );
  });

  test('does not claim to know whether user, password or project was wrong', async () => {
    await using cloud = await SmallCloud.start();
    cloud.on('POST /identity/v3/auth/tokens', () => ({ ...REFUSED, headers: { 'x-openstack-request-id': 'req-1' } }));
    await expect(CloudSession.open(cloud.signIn(), never, cloud.clock)).rejects.toMatchObject({
      code: 'openstack.sign-in-refused',
      message: 'Keystone refuses the sign-in: The request you have made requires authentication (request req-1).',
      remedy: expect.stringContaining('does not tell which'),
      requestId: 'req-1',
    });
  });

  test('says that an application credential was refused that is there no more', async () => {
    await using cloud = await SmallCloud.start();
    const message = 'Could not find Application Credential: ac1.';
    cloud.on('POST /identity/v3/auth/tokens', () => ({ status: 404, body: { error: { code: 404, message } } }));
    const signIn = cloud.signIn({ auth: { method: 'applicationCredential', id: 'ac1' } });
    await expect(CloudSession.open(signIn, never, cloud.clock)).rejects.toMatchObject({
      code: 'openstack.sign-in-refused',
      message: 'Keystone refuses the sign-in: Could not find Application Credential: ac1.',
    });
  });

  test('refuses a token of no project', async () => {
    await using cloud = await SmallCloud.start();
    cloud.project = null;
    await expect(CloudSession.open(cloud.signIn(), never, cloud.clock)).rejects.toMatchObject({
      code: 'openstack.no-project',
    });
  });

  test('trusts the authority that it was given, and nobody else', async () => {
    await using cloud = await SmallCloud.start({ isSecure: true });
    await using session = await CloudSession.open(cloud.signIn(), never, cloud.clock);
    cloud.on('GET /compute/v2.1/servers', () => NONE);
    expect(await session.request('compute', 'GET', '/servers', get)).toEqual({ servers: [] });

    const asked = cloud.asked.length;
    await expect(
      CloudSession.open(cloud.signIn({ trust: { kind: 'system' } }), never, cloud.clock),
    ).rejects.toMatchObject({ code: 'net.untrusted' });
    expect(cloud.asked).toHaveLength(asked);
  });

  test('goes through a proxy, also to a cloud without TLS', async () => {
    await using cloud = await SmallCloud.start();
    const heads: string[] = [];
    const proxy = net.createServer((socket) => {
      socket.once('data', (head) => {
        heads.push(String(head).split('\r\n')[0] ?? '');
        const onward = net.connect(cloud.port, '127.0.0.1', () => {
          socket.write('HTTP/1.1 200 OK\r\n\r\n');
          socket.pipe(onward).pipe(socket);
        });
        socket.on('error', () => onward.destroy());
        onward.on('error', () => socket.destroy());
      });
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const { port } = proxy.address() as net.AddressInfo;

    await using session = await CloudSession.open(
      cloud.signIn({ proxy: `http://127.0.0.1:${port}` }),
      never,
      cloud.clock,
    );
    expect(session.about.project).toEqual(PROJECT);
    expect(new Set(heads)).toEqual(new Set([`CONNECT 127.0.0.1:${cloud.port} HTTP/1.1`]));
    proxy.close();
  });

  test('says at once that nobody is there', async () => {
    const cloud = await SmallCloud.start();
    const signIn = cloud.signIn();
    await cloud[Symbol.asyncDispose]();
    await expect(CloudSession.open(signIn, never, cloud.clock)).rejects.toMatchObject({ code: 'net.unreachable' });
    expect(cloud.pauses).toEqual([]);
  });
});

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
    expect(cloud.tokens).toHaveLength(2);
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
