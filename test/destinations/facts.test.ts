/** What Guts learns of a cloud before anything is made in it, and what it does without where a policy says no. */
import { describe, expect, test } from 'vitest';
import { CloudFacts } from '../../main/shared/cloud.ts';
import { DestinationTestResult } from '../../main/shared/move-jobs.ts';
import { CloudSession } from '../../worker/destinations/openstack/cloud-session.ts';
import { cloudFacts } from '../../worker/destinations/openstack/facts.ts';
import { testOpenstack } from '../../worker/destinations/openstack/probe.ts';
import { PROJECT, type Reply, SmallCloud, never } from './small-cloud.ts';

const NOVA = '/compute/v2.1';
const NEUTRON = '/network/v2.0';
const CINDER = `/volume/v3/${PROJECT.id}`;
const OTHER = 'f'.repeat(32);

/** A cloud with a little of everything, for a member of its project. */
async function fullCloud(): Promise<SmallCloud> {
  const cloud = await SmallCloud.start();
  const gets: Record<string, unknown> = {
    [`${NOVA}/flavors/detail`]: {
      flavors: [
        {
          id: '1',
          name: 'm1.small',
          vcpus: 1,
          ram: 512,
          disk: 5,
          swap: '',
          'os-flavor-access:is_public': true,
          'OS-FLV-DISABLED:disabled': false,
          extra_specs: { 'hw:cpu_policy': 'dedicated' },
        },
        { id: '2', name: 'hidden', vcpus: 1, ram: 1, disk: 1, 'OS-FLV-DISABLED:disabled': true },
      ],
    },
    [`${NOVA}/os-keypairs`]: { keypairs: [{ keypair: { name: 'lab', fingerprint: 'x' } }] },
    [`${NOVA}/os-availability-zone`]: {
      availabilityZoneInfo: [
        { zoneName: 'nova', zoneState: { available: true }, hosts: null },
        { zoneName: 'broken', zoneState: { available: false }, hosts: null },
      ],
    },
    [`${NOVA}/os-server-groups`]: { server_groups: [{ id: 'sg1', name: 'apart', policies: ['anti-affinity'] }] },
    [`${NOVA}/servers`]: { servers: [{ id: 's1', name: 'web', links: [] }] },
    [`${NOVA}/limits`]: {
      limits: {
        rate: [],
        absolute: {
          maxTotalInstances: 10,
          totalInstancesUsed: 2,
          maxTotalCores: -1,
          totalCoresUsed: 3,
          maxTotalRAMSize: 51200,
          totalRAMUsed: 768,
        },
      },
    },
    [`${NEUTRON}/networks`]: {
      networks: [
        { id: 'n1', name: 'lan', project_id: PROJECT.id, shared: false, 'router:external': false, mtu: 1450 },
        { id: 'n2', name: 'public', project_id: OTHER, shared: false, 'router:external': true, mtu: 1500 },
        { id: 'n3', name: 'theirs', project_id: OTHER, shared: false, 'router:external': false, mtu: 1500 },
        {
          id: 'n4',
          name: 'everybody’s',
          project_id: OTHER,
          shared: true,
          'router:external': false,
          mtu: null,
          'provider:network_type': 'vlan',
          'provider:segmentation_id': 120,
        },
      ],
    },
    [`${NEUTRON}/subnets`]: {
      subnets: [
        {
          id: 'u1',
          name: 'lan-v4',
          network_id: 'n1',
          cidr: '192.0.2.0/24',
          ip_version: 4,
          enable_dhcp: true,
          gateway_ip: '192.0.2.1',
          allocation_pools: [{ start: '192.0.2.100', end: '192.0.2.200' }],
          dns_nameservers: ['192.0.2.53'],
        },
        {
          id: 'u2',
          name: 'lan-v6',
          network_id: 'n1',
          cidr: '2001:db8::/64',
          ip_version: 6,
          enable_dhcp: false,
          gateway_ip: null,
        },
      ],
    },
    [`${NEUTRON}/security-groups`]: {
      security_groups: [
        { id: 'g1', name: 'open', project_id: PROJECT.id },
        { id: 'g2', name: 'theirs', project_id: OTHER },
      ],
    },
    [`${NEUTRON}/ports`]: {
      ports: [
        {
          id: 'p1',
          mac_address: 'fa:16:3e:00:00:01',
          network_id: 'n1',
          fixed_ips: [{ subnet_id: 'u1', ip_address: '192.0.2.100' }],
        },
      ],
    },
    [`${NEUTRON}/quotas/${PROJECT.id}/details.json`]: {
      quota: {
        port: { limit: 500, used: 1, reserved: 2 },
        floatingip: { limit: -1, used: 4, reserved: 0 },
        network: { limit: 1, used: 1, reserved: 0 },
      },
    },
    [`${CINDER}/types`]: {
      volume_types: [
        { id: 't1', name: '__DEFAULT__', is_public: true },
        { id: 't2', name: 'fast', is_public: true },
      ],
    },
    [`${CINDER}/types/default`]: { volume_type: { id: 't2', name: 'fast' } },
    [`${CINDER}/limits`]: {
      limits: {
        rate: [],
        absolute: { maxTotalVolumes: 10, totalVolumesUsed: 1, maxTotalVolumeGigabytes: 1000, totalGigabytesUsed: 20 },
      },
    },
    '/image/v2/schemas/image': {
      name: 'image',
      properties: { disk_format: { type: ['null', 'string'], enum: [null, 'raw', 'qcow2', 'vmdk'] } },
    },
    '/image/v2/images': { images: [] },
    '/identity/v3/auth/projects': {
      projects: [
        { id: PROJECT.id, name: 'migration', enabled: true },
        { id: OTHER, name: 'gone', enabled: false },
      ],
    },
  };
  for (const [path, body] of Object.entries(gets)) cloud.on(`GET ${path}`, () => ({ body }));
  cloud.onRemovalOfFlavors({ status: 403, body: { forbidden: { code: 403, message: 'Policy' } } });
  return cloud;
}

async function factsOf(cloud: SmallCloud): Promise<CloudFacts> {
  await using session = await CloudSession.open(cloud.signIn(), never, cloud.clock);
  return CloudFacts.parse(await cloudFacts(session, never));
}

describe('the facts of a cloud', () => {
  test('hold everything that a machine can be mapped to, and what is left of it', async () => {
    await using cloud = await fullCloud();
    const facts = await factsOf(cloud);

    expect(facts).toMatchObject({
      project: PROJECT,
      flavors: [
        {
          id: '1',
          name: 'm1.small',
          vcpus: 1,
          memoryMiB: 512,
          diskGiB: 5,
          isPublic: true,
          extraSpecs: { 'hw:cpu_policy': 'dedicated' },
        },
      ],
      keyPairs: ['lab'],
      availabilityZones: ['nova'],
      serverGroups: [{ id: 'sg1', name: 'apart' }],
      serverNames: ['web'],
      mayCreateFlavors: false,
      volumeTypes: [
        { name: '__DEFAULT__', isDefault: false },
        { name: 'fast', isDefault: true },
      ],
      hasVolumes: true,
      imageFormats: ['raw', 'qcow2', 'vmdk'],
      quotas: {
        instances: { limit: 10, used: 2 },
        cores: { limit: null, used: 3 },
        memoryMiB: { limit: 51200, used: 768 },
        ports: { limit: 500, used: 3 },
        floatingIps: { limit: null, used: 4 },
        volumes: { limit: 10, used: 1 },
        volumeGiB: { limit: 1000, used: 20 },
      },
      ports: [{ id: 'p1', mac: 'fa:16:3e:00:00:01', network: 'n1', addresses: ['192.0.2.100'] }],
    });
    expect(facts.networks.find(({ name }) => name === 'lan')).toEqual({
      id: 'n1',
      name: 'lan',
      isExternal: false,
      isShared: false,
      mtu: 1450,
      kind: null,
      segmentationId: null,
      subnets: [
        {
          id: 'u1',
          name: 'lan-v4',
          cidr: '192.0.2.0/24',
          ipVersion: 4,
          hasDhcp: true,
          gateway: '192.0.2.1',
          pools: [{ start: '192.0.2.100', end: '192.0.2.200' }],
          dnsServers: ['192.0.2.53'],
        },
        {
          id: 'u2',
          name: 'lan-v6',
          cidr: '2001:db8::/64',
          ipVersion: 6,
          hasDhcp: false,
          gateway: null,
          pools: [],
          dnsServers: [],
        },
      ],
    });
    expect(facts.networks.find(({ id }) => id === 'n4')).toMatchObject({
      kind: 'vlan',
      segmentationId: 120,
      mtu: null,
    });
  });

  test('are asked for without making or removing anything', async () => {
    await using cloud = await fullCloud();
    await factsOf(cloud);
    const others = cloud.asked.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`);
    expect(others).toEqual([
      'POST /identity/v3/auth/tokens',
      expect.stringMatching(/^DELETE \/compute\/v2\.1\/flavors\/[0-9a-f-]{36}$/), // of a flavor that is not there
    ]);
  });

  test('of an administrator leave out what belongs to other projects, but not the addresses that those have', async () => {
    await using cloud = await fullCloud();
    cloud.roles = ['admin', 'member'];
    cloud.onRemovalOfFlavors({
      status: 404,
      body: { itemNotFound: { code: 404, message: 'Flavor x could not be found.' } },
    });
    const facts = await factsOf(cloud);

    expect(facts.networks.map(({ name }) => name)).toEqual(['lan', 'public', 'everybody’s']);
    expect(facts.securityGroups).toEqual([{ id: 'g1', name: 'open' }]);
    expect(facts.ports).toHaveLength(1);
    expect(facts.mayCreateFlavors).toBe(true);
  });

  test('do without what a policy forbids or a cloud does not have', async () => {
    await using cloud = await fullCloud();
    const forbidden: Reply = { status: 403, body: { forbidden: { code: 403, message: 'Policy' } } };
    for (const path of ['os-server-groups', 'os-keypairs', 'os-availability-zone', 'limits'])
      cloud.on(`GET ${NOVA}/${path}`, () => forbidden);
    cloud.on(`GET ${NEUTRON}/quotas/${PROJECT.id}/details.json`, () => ({ status: 404, body: 'no such extension' }));
    cloud.on(`GET ${NEUTRON}/ports`, () => forbidden);
    cloud.on(`GET ${CINDER}/types/default`, () => ({ status: 404, body: { itemNotFound: { message: 'none' } } }));
    cloud.on(`GET ${CINDER}/limits`, () => forbidden);
    cloud.on('GET /image/v2/schemas/image', () => ({ status: 404, body: '' }));

    const none = { limit: null, used: 0 };
    expect(await factsOf(cloud)).toMatchObject({
      serverGroups: [],
      keyPairs: [],
      availabilityZones: [],
      ports: [],
      imageFormats: [],
      volumeTypes: [{ isDefault: false }, { isDefault: false }],
      quotas: {
        instances: none,
        cores: none,
        memoryMiB: none,
        ports: none,
        floatingIps: none,
        volumes: none,
        volumeGiB: none,
      },
    });
  });

  test('of a cloud without volumes say so', async () => {
    await using cloud = await fullCloud();
    cloud.catalogue = cloud.catalogue.filter(({ type }) => type !== 'volumev3');
    expect(await factsOf(cloud)).toMatchObject({
      hasVolumes: false,
      volumeTypes: [],
      quotas: { volumes: { limit: null } },
    });
  });

  test('of an old Nova come without extra specs rather than not at all', async () => {
    await using cloud = await fullCloud();
    cloud.on(`GET ${NOVA}/`, () => ({ body: { version: { id: 'v2.1', version: '2.60', min_version: '2.1' } } }));
    expect((await factsOf(cloud)).flavors).toHaveLength(1);
    expect(cloud.askedFor(`GET ${NOVA}/flavors/detail`)[0]?.headers).not.toHaveProperty('openstack-api-version');
  });

  test('are not to be had from a cloud of which a service is down', async () => {
    await using cloud = await fullCloud();
    cloud.on(`GET ${NEUTRON}/subnets`, () => ({ status: 503, body: '<h1>503</h1>No server is available.' }));
    await expect(factsOf(cloud)).rejects.toMatchObject({
      code: 'openstack.unavailable',
      message: expect.stringContaining('network'),
    });
  });
});

describe('trying a connection', () => {
  const attempt = async (cloud: SmallCloud, signIn = cloud.signIn()): Promise<DestinationTestResult> =>
    DestinationTestResult.parse(await testOpenstack(signIn, never, cloud.clock));

  test('says who is signed in and which projects there are', async () => {
    await using cloud = await fullCloud();
    const { about, projects, warnings } = await attempt(cloud);
    expect(about).toMatchObject({ project: PROJECT, user: { name: 'migrator' } });
    expect(projects).toEqual(PROJECT_LIST);
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

const PROJECT_LIST = [{ id: PROJECT.id, name: 'migration' }];
