/** Trying a connection before it is kept. */
import { describe, expect, test } from 'vitest';
import { DestinationTestResult } from '../../main/shared/move-jobs.ts';
import { testOpenstack } from '../../worker/destinations/openstack/probe.ts';
import { NOVA, fullCloud } from './full-cloud.ts';
import { PROJECT, type SmallCloud, never } from './small-cloud.ts';

describe('trying a connection', () => {
  const attempt = async (cloud: SmallCloud, signIn = cloud.signIn()): Promise<DestinationTestResult> =>
    DestinationTestResult.parse(await testOpenstack(signIn, never, cloud.clock));

  test('says who is signed in and which projects there are', async () => {
    await using cloud = await fullCloud();
    const { about, projects, warnings } = await attempt(cloud);
    expect(about).toMatchObject({ project: PROJECT, user: { name: 'migrator' } });
    expect(projects).toEqual([PROJECT]);
    expect(warnings).toEqual([
      'Passwords, tokens and disks travel unencrypted: identity, compute, image, network, volume without TLS (http).',
    ]);
  });

  test('warns of what an operator would want to know', async () => {
    await using cloud = await fullCloud();
    cloud.catalogue = cloud.catalogue.filter(({ type }) => type !== 'volumev3');
    cloud.on(`GET ${NOVA}/`, () => ({ body: { version: { id: 'v2.1', version: '2.79', min_version: '2.1' } } }));
    cloud.tokenSeconds = 1800;
    const auth = { method: 'token', project: 'migration', projectDomain: 'Default' } as const;
    const { warnings } = await attempt(cloud, cloud.signIn({ auth }, 'my-own-token'));
    expect(warnings).toEqual([
      expect.stringContaining('no volume service'),
      expect.stringContaining('Nova speaks 2.79'),
      expect.stringContaining('unencrypted'),
      'The token ends in 30 minutes, and cannot be renewed.',
    ]);
  });

  test('finds a service that does not take the token', async () => {
    await using cloud = await fullCloud();
    cloud.on('GET /image/v2/images', () => ({ status: 401, body: '<html>401 Unauthorized</html>' }));
    await expect(attempt(cloud)).rejects.toMatchObject({ code: 'openstack.token-refused' });
  });

  test('finds a service that is missing', async () => {
    await using cloud = await fullCloud();
    cloud.catalogue = cloud.catalogue.filter(({ type }) => type !== 'network');
    await expect(attempt(cloud)).rejects.toMatchObject({
      code: 'openstack.service-missing',
      message: 'The catalogue has no public endpoint of a network service in region “RegionOne”.',
    });
  });
});
