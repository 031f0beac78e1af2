/** How a session with a cloud begins: every way to sign in, and every way in which that fails. */
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

  test('by application credential may say its name and its user, by name with the domain or by id', async () => {
    await using cloud = await SmallCloud.start();
    const auth = { method: 'applicationCredentialByName', name: 'nightly', userDomain: 'Users' } as const;
    const users: unknown[] = [];
    for (const userName of ['migrator', 'f'.repeat(32)]) {
      const signIn = cloud.signIn({ auth: { ...auth, userName } });
      await using session = await CloudSession.open(signIn, never, cloud.clock);
      users.push(session.about.user.name);
    }

    const asked = (user: object): object => ({
      auth: {
        identity: {
          methods: ['application_credential'],
          application_credential: { name: 'nightly', secret: PASSWORD, user },
        },
      },
    });
    expect(cloud.askedFor('POST /identity/v3/auth/tokens').map(({ body }) => body)).toEqual([
      asked({ name: 'migrator', domain: { name: 'Users' } }),
      asked({ id: 'f'.repeat(32) }),
    ]);
    expect(users).toEqual(['migrator', 'migrator']);
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

  test('says what to check of an application credential that is known by its name, once', async () => {
    await using cloud = await SmallCloud.start();
    cloud.on('POST /identity/v3/auth/tokens', () => REFUSED);
    const auth = {
      method: 'applicationCredentialByName',
      name: 'gone',
      userName: 'migrator',
      userDomain: 'default',
    } as const;
    await expect(CloudSession.open(cloud.signIn({ auth }), never, cloud.clock)).rejects.toMatchObject({
      code: 'openstack.sign-in-refused',
      remedy: expect.stringContaining('Check name and secret of the application credential'),
    });
    expect(cloud.askedFor('POST /identity/v3/auth/tokens')).toHaveLength(1);
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
