/** What Guts learns of a cloud before anything is made in it, and what it does without where a policy says no. */
import { describe, expect, test } from 'vitest';
import { CloudFacts } from '../../main/shared/cloud.ts';
import { CloudSession } from '../../worker/destinations/openstack/cloud-session.ts';
import { cloudFacts } from '../../worker/destinations/openstack/facts.ts';
import { CINDER, NEUTRON, NOVA, fullCloud } from './full-cloud.ts';
import { PROJECT, type Reply, type SmallCloud, never } from './small-cloud.ts';

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
      serverGroups: [{ id: 'sg1', name: 'apart', policy: 'anti-affinity', members: 1 }],
      mostGroupMembers: 10,
      serverNames: ['web'],
      mayCreateFlavors: false,
      volumeTypes: [
        { name: '__DEFAULT__', isDefault: false },
        { name: 'fast', isDefault: true, backend: 'flash', isMultiattach: true },
      ],
      typeQuotas: {
        __DEFAULT__: { volumes: { limit: null, used: 0 }, volumeGiB: { limit: 40, used: 0 } },
        fast: { volumes: { limit: 3, used: 2 }, volumeGiB: { limit: null, used: 20 } },
      },
      mostVolumeGiB: 500,
      pools: [
        { name: 'host@flash#a', backend: 'flash', totalGiB: 251.97, freeGiB: 71.5 },
        { name: 'host@odd#b', backend: null, totalGiB: null, freeGiB: null },
      ],
      freeAddresses: { u1: 100 },
      freeAddressesBy: 'ports',
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
      ports: [
        {
          id: 'p1',
          mac: 'fa:16:3e:00:00:01',
          network: 'n1',
          addresses: ['192.0.2.100'],
          name: 'guts-mig_0123456789ab-port-4000',
          usedBy: 'compute:nova',
        },
      ],
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
          isByMac: true,
        },
      ],
      hasPortSecurity: false,
      isOwn: true,
    });
    expect(facts.networkExtensions).toEqual(['port-security', 'allowed-address-pairs']);
    expect(facts.networks.find(({ id }) => id === 'n4')).not.toHaveProperty('hasPortSecurity');
    expect(facts.networks.find(({ id }) => id === 'n4')).toMatchObject({
      isOwn: false,
      kind: 'vlan',
      segmentationId: 120,
      mtu: null,
    });
  });

  test('count the addresses that are left as Neutron does, less those that it counts in vain', async () => {
    await using cloud = await fullCloud();
    cloud.on(`GET ${NEUTRON}/network-ip-availabilities`, () => ({
      body: {
        network_ip_availabilities: [
          { network_id: 'n1', subnet_ip_availability: [{ subnet_id: 'u1', total_ips: 101, used_ips: 40 }] },
        ],
      },
    }));
    cloud.on(`GET ${NEUTRON}/ports`, () => ({
      body: {
        ports: [
          {
            id: 'p1',
            mac_address: 'fa:16:3e:00:00:01',
            network_id: 'n1',
            fixed_ips: [{ ip_address: '192.0.2.1' }, { ip_address: '192.0.2.100' }], // the gateway is in no pool
          },
        ],
      },
    }));
    expect(await factsOf(cloud)).toMatchObject({ freeAddresses: { u1: 62 }, freeAddressesBy: 'service' });
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

  test('of an administrator hold what hosts can do, and nobody waits for it', async () => {
    await using cloud = await fullCloud();
    cloud.roles = ['admin'];
    cloud.catalogue = [...cloud.catalogue, { type: 'placement', path: '/placement' }];
    cloud.on('GET /placement/traits', () => ({ body: { traits: ['COMPUTE_NODE', 'COMPUTE_SECURITY_TPM_2_0'] } }));
    expect(await factsOf(cloud)).toMatchObject({ hostTraits: ['COMPUTE_NODE', 'COMPUTE_SECURITY_TPM_2_0'] });
    const [asked] = cloud.askedFor('GET /placement/traits');
    expect(asked?.headers['openstack-api-version']).toBe('placement 1.6');
    expect(asked?.path).toContain('associated=true');

    for (const status of [403, 404, 503]) {
      cloud.on('GET /placement/traits', () => ({ status, body: { errors: [{ status, title: 'no' }] } }));
      expect(await factsOf(cloud)).not.toHaveProperty('hostTraits');
    }
    const { length } = cloud.askedFor('GET /placement/traits');
    cloud.roles = ['member'];
    expect(await factsOf(cloud)).not.toHaveProperty('hostTraits');
    expect(cloud.askedFor('GET /placement/traits')).toHaveLength(length);
  });

  test('do without what a policy forbids or a cloud does not have', async () => {
    await using cloud = await fullCloud();
    const forbidden: Reply = { status: 403, body: { forbidden: { code: 403, message: 'Policy' } } };
    for (const path of ['os-server-groups', 'os-keypairs', 'os-availability-zone', 'limits'])
      cloud.on(`GET ${NOVA}/${path}`, () => forbidden);
    cloud.on(`GET ${NEUTRON}/quotas/${PROJECT.id}/details.json`, () => ({ status: 404, body: 'no such extension' }));
    cloud.on(`GET ${NEUTRON}/ports`, () => forbidden);
    cloud.on(`GET ${NEUTRON}/extensions`, () => forbidden);
    cloud.on(`GET ${CINDER}/types/default`, () => ({ status: 404, body: { itemNotFound: { message: 'none' } } }));
    cloud.on(`GET ${CINDER}/limits`, () => forbidden);
    cloud.on(`GET ${CINDER}/os-quota-sets/${PROJECT.id}`, () => forbidden);
    cloud.on(`GET ${CINDER}/scheduler-stats/get_pools`, () => forbidden);
    cloud.on(`GET ${NEUTRON}/network-ip-availabilities`, () => forbidden);
    cloud.on('GET /image/v2/schemas/image', () => ({ status: 404, body: '' }));

    const none = { limit: null, used: 0 };
    const facts = await factsOf(cloud);
    expect(facts).not.toHaveProperty('typeQuotas');
    expect(facts).not.toHaveProperty('pools');
    expect(facts).toMatchObject({
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
