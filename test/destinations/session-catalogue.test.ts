/** Which services a session finds, where, and in which version: the catalogues of clouds from Zed to 2026.2 differ. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { CloudSession } from '../../worker/destinations/openstack/cloud-session.ts';
import { type Entry, PROJECT, SmallCloud, never } from './small-cloud.ts';

async function sessionWith(
  cloud: SmallCloud,
  catalogue: readonly Entry[],
  changes: Parameters<SmallCloud['signIn']>[0] = {},
): Promise<CloudSession> {
  cloud.catalogue = catalogue;
  return await CloudSession.open(cloud.signIn(changes), never, cloud.clock);
}

describe('the catalogue', () => {
  test.for<readonly [string, 'compute' | 'image' | 'network' | 'volume', Entry, string]>([
    ['with its version', 'compute', { type: 'compute', path: '/compute/v2.1' }, '/compute/v2.1'],
    ['with a slash at its end', 'compute', { type: 'compute', path: '/compute/v2.1/' }, '/compute/v2.1'],
    ['with the project in it', 'compute', { type: 'compute', path: '/compute/v2.1/p1' }, '/compute/v2.1/p1'],
    ['in the old version', 'compute', { type: 'compute', path: '/compute/v2/p1' }, '/compute/v2.1/p1'],
    ['without version', 'compute', { type: 'compute', path: '/compute' }, '/compute/v2.1'],
    ['without version', 'image', { type: 'image', path: '/image/' }, '/image/v2'],
    ['with an old version', 'image', { type: 'image', path: '/image/v1' }, '/image/v2'],
    ['without version', 'network', { type: 'network', path: '/network' }, '/network/v2.0'],
    ['with its version', 'network', { type: 'network', path: '/network/v2.0' }, '/network/v2.0'],
    ['by its name since 2018', 'volume', { type: 'block-storage', path: '/volume/v3' }, '/volume/v3'],
    ['by its older name', 'volume', { type: 'volumev3', path: `/volume/v3/${PROJECT.id}` }, `/volume/v3/${PROJECT.id}`],
    ['by its oldest name', 'volume', { type: 'volume', path: '/volume' }, `/volume/v3/${PROJECT.id}`],
  ])('names a service %s: %s', async ([, service, entry, expected]) => {
    await using cloud = await SmallCloud.start();
    const others = [{ type: 'compute', path: '/compute/v2.1' }].filter(({ type }) => type !== entry.type);
    await using session = await sessionWith(cloud, [entry, ...others]);
    expect(session.endpoint(service)).toBe(`${cloud.url}${expected}`);
  });

  test('with several names of the volume service is read by the best', async () => {
    await using cloud = await SmallCloud.start();
    await using session = await sessionWith(cloud, [
      { type: 'compute', path: '/compute/v2.1' },
      { type: 'volume', path: '/volume/v1/old' },
      { type: 'volumev2', path: '/volume/v2/old' },
      { type: 'volumev3', path: '/volume/v3/older' },
      { type: 'block-storage', path: '/volume/v3/newest' },
    ]);
    expect(session.endpoint('volume')).toBe(`${cloud.url}/volume/v3/newest`);
  });

  test('may lack volumes, and then says so when they are needed', async () => {
    await using cloud = await SmallCloud.start();
    await using session = await sessionWith(cloud, [
      { type: 'compute', path: '/compute/v2.1' },
      { type: 'volumev2', path: '/volume/v2/p1' },
    ]);
    expect(session.has('volume')).toBe(false);
    expect(session.about.versions).not.toHaveProperty('volume');
    await expect(
      session.request('volume', 'GET', '/volumes', { schema: z.null(), signal: never }),
    ).rejects.toMatchObject({ code: 'openstack.service-missing', remedy: expect.stringContaining('boot from images') });
  });

  test('is read for one interface only', async () => {
    await using cloud = await SmallCloud.start();
    const both = [
      { type: 'compute', path: '/compute/v2.1', interface: 'internal' },
      { type: 'compute', path: '/public/v2.1', interface: 'public' },
      { type: 'image', path: '/image', interface: 'public' },
    ];
    await using session = await sessionWith(cloud, both, { interface: 'internal' });
    expect(session.endpoint('compute')).toBe(`${cloud.url}/compute/v2.1`);
    expect(session.has('image')).toBe(false);
    await expect(sessionWith(cloud, both, { interface: 'admin' })).rejects.toMatchObject({
      code: 'openstack.region',
      remedy: 'Choose another interface: the catalogue has no admin endpoints.',
    });
  });

  test('with an address that is none is as good as without', async () => {
    await using cloud = await SmallCloud.start();
    await using session = await sessionWith(cloud, [
      { type: 'compute', path: '/compute/v2.1' },
      { type: 'image', path: 'file:///etc/passwd' },
    ]);
    expect(session.has('image')).toBe(false);
  });
});

describe('regions', () => {
  const two: readonly Entry[] = [
    { type: 'identity', path: '/identity', region: 'Global' },
    { type: 'compute', path: '/compute/v2.1', region: 'West' },
    { type: 'compute', path: '/east/v2.1', region: 'East' },
  ];

  test('of which there is one need no choice, also when Keystone lives elsewhere', async () => {
    await using cloud = await SmallCloud.start();
    await using session = await sessionWith(cloud, two.slice(0, 2));
    expect(session.about.region).toBe('West');
  });

  test('of which there are several must be chosen from, and are named', async () => {
    await using cloud = await SmallCloud.start();
    await expect(sessionWith(cloud, two)).rejects.toMatchObject({
      code: 'openstack.region',
      message: 'The cloud has several regions (East, West), and none was chosen.',
    });
    await expect(sessionWith(cloud, two, { region: 'North' })).rejects.toMatchObject({
      message: 'The cloud has no region “North” with public endpoints.',
      remedy: 'Choose one of its regions: East, West.',
    });
    await using session = await sessionWith(cloud, two, { region: 'East' });
    expect(session.endpoint('compute')).toBe(`${cloud.url}/east/v2.1`);
  });
});

describe('versions', () => {
  const server = { schema: z.looseObject({}), signal: never };

  test.for([
    ['2.93', '2.93', true], // Zed
    ['2.93', '2.94', false],
    ['2.96', '2.94', true], // 2024.1
    ['2.100', '2.93', true], // newer than .93, although 1 comes before 9
    ['2.60', '2.93', false],
  ] as const)('of a Nova that speaks %s are asked for up to it: %s is %s', async ([newest, wanted, isSpoken]) => {
    await using cloud = await SmallCloud.start();
    cloud.on('GET /compute/v2.1/', () => ({ body: { version: { id: 'v2.1', version: newest, min_version: '2.1' } } }));
    cloud.on('GET /compute/v2.1/servers', () => ({ body: {} }));
    await using session = await CloudSession.open(cloud.signIn(), never, cloud.clock);

    expect(session.speaks('compute', wanted)).toBe(isSpoken);
    const asked = session.request('compute', 'GET', '/servers', { ...server, microversion: wanted });
    if (isSpoken) await asked;
    else {
      await expect(asked).rejects.toMatchObject({
        code: 'openstack.too-old',
        message: `The compute service is too old for this: it speaks ${newest} at most, and ${wanted} is needed.`,
      });
    }
    const headers = cloud.askedFor('GET /compute/v2.1/servers').map((asked) => asked.headers['openstack-api-version']);
    expect(headers).toEqual(isSpoken ? [`compute ${wanted}`] : []);
  });

  test('are sent under the name that Cinder has for itself', async () => {
    await using cloud = await SmallCloud.start();
    cloud.on(`GET /volume/v3/${PROJECT.id}/volumes`, () => ({ body: {} }));
    await using session = await CloudSession.open(cloud.signIn(), never, cloud.clock);
    await session.request('volume', 'GET', '/volumes', { ...server, microversion: '3.70' });
    const [asked] = cloud.askedFor(`GET /volume/v3/${PROJECT.id}/volumes`);
    expect(asked?.headers['openstack-api-version']).toBe('volume 3.70');
  });

  test('that a service tells only at its root are found there', async () => {
    await using cloud = await SmallCloud.start();
    cloud.on('GET /volume/v3/', () => ({ status: 401, body: { error: { message: 'no token' } } }));
    cloud.on('GET /volume/', () => ({
      status: 300,
      body: {
        versions: [
          { id: 'v2.0', version: '' },
          { id: 'v3.0', version: '3.71', min_version: '3.0' },
        ],
      },
    }));
    await using session = await CloudSession.open(cloud.signIn(), never, cloud.clock);
    expect(session.about.versions['volume']).toBe('3.71');
  });

  test('that a proxy hides are tried all the same', async () => {
    await using cloud = await SmallCloud.start();
    cloud.on('GET /compute/v2.1/', () => ({ status: 403, body: '<html>no</html>' }));
    cloud.on('GET /compute/v2.1/servers', () => ({ body: {} }));
    await using session = await CloudSession.open(cloud.signIn(), never, cloud.clock);
    expect(session.about.versions).not.toHaveProperty('compute');
    expect(session.speaks('compute', '2.93')).toBe(true);
    expect(await session.request('compute', 'GET', '/servers', { ...server, microversion: '2.93' })).toEqual({});
  });

  test('of a service that is down just now do not keep anybody from signing in', async () => {
    await using cloud = await SmallCloud.start();
    cloud.on('GET /network/', () => ({ body: null }));
    await using session = await CloudSession.open(cloud.signIn(), never, cloud.clock);
    expect(session.has('network')).toBe(true);
    expect(session.about.versions).not.toHaveProperty('network');
  });
});
