/** What the real services have, and how they refuse. */
import { execFile } from 'node:child_process';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { CloudFacts } from '../../main/shared/cloud.ts';
import { CloudSession, type Service } from '../../worker/destinations/openstack/cloud-session.ts';
import { CloudError } from '../../worker/destinations/openstack/errors.ts';
import { cloudFacts } from '../../worker/destinations/openstack/facts.ts';
import { openstack } from './openstack-client.ts';
import { type OpenstackPeer, openstackPeer } from './openstack-peer.ts';

const never = new AbortController().signal;
const run = promisify(execFile);
const lab = path.resolve(import.meta.dirname, '../peers/openstack/lab.sh');
const Anything = z.looseObject({});
let peer: OpenstackPeer;

beforeAll(async () => {
  peer = await openstackPeer();
});

describe('the facts of the real cloud', () => {
  test('are those that its own client tells', async () => {
    await using session = await CloudSession.open(peer.member, never);
    const { stdout } = await run(lab, ['env']);
    const env = Object.fromEntries(
      [...stdout.matchAll(/^export (OS_\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]),
    );
    const [facts, flavors, networks, formats] = await Promise.all([
      cloudFacts(session, never),
      openstack(env, 'flavor', 'list'),
      openstack(env, 'network', 'list'),
      openstack(env, 'volume', 'type', 'list'),
    ]);

    expect(CloudFacts.parse(facts)).toEqual(facts);
    const told = flavors as { ID: string; Name: string; RAM: number; Disk: number; VCPUs: number }[];
    const ours = facts.flavors.map(({ id, name, memoryMiB, diskGiB, vcpus }) => ({
      id,
      name,
      memoryMiB,
      diskGiB,
      vcpus,
    }));
    expect(ours).toEqual(
      told.map((flavor) => ({
        id: flavor.ID,
        name: flavor.Name,
        memoryMiB: flavor.RAM,
        diskGiB: flavor.Disk,
        vcpus: flavor.VCPUs,
      })),
    );
    const ids = (list: readonly { readonly id: string }[]): string[] => list.map(({ id }) => id).sort();
    expect(ids(facts.networks)).toEqual((networks as { ID: string }[]).map(({ ID }) => ID).sort());
    expect(facts.volumeTypes.map(({ name }) => name)).toEqual((formats as { Name: string }[]).map(({ Name }) => Name));
    expect(facts.networks.find(({ name }) => name === 'lan')?.subnets).toMatchObject([
      { cidr: '192.0.2.0/24', ipVersion: 4, hasDhcp: true, pools: [{ start: '192.0.2.100', end: '192.0.2.200' }] },
    ]);
    expect(facts).toMatchObject({
      keyPairs: expect.arrayContaining(['lab']),
      availabilityZones: ['nova'],
      hasVolumes: true,
      mayCreateFlavors: false,
      imageFormats: expect.arrayContaining(['raw', 'qcow2']),
      quotas: { instances: { limit: 10 }, cores: { limit: 20 }, memoryMiB: { limit: 51200 }, volumes: { limit: 10 } },
    });
    expect(facts.securityGroups.map(({ name }) => name).sort()).toEqual(['default', 'open']);
  });

  test('show an administrator that flavors may be made, and nothing of other projects to map to', async () => {
    await using session = await CloudSession.open(peer.admin, never);
    const facts = await cloudFacts(session, never);
    expect(facts.mayCreateFlavors).toBe(true);
    expect(facts.flavors).toHaveLength(5);
    expect(facts.networks.map(({ name, kind }) => [name, kind])).toEqual([['public', 'flat']]);
    expect(facts.ports.some(({ addresses }) => addresses.includes('192.0.2.1'))).toBe(true);
  });

  test('come in pages, where asked for in pages', async () => {
    await using session = await CloudSession.open(peer.admin, never);
    const countOf = async (service: Service, path: string, key: string): Promise<number[]> => {
      const counts: number[] = [];
      for (const query of [{}, { limit: '1' }]) {
        let count = 0;
        for await (const item of session.list(service, path, key, Anything, never, query)) count += item ? 1 : 0;
        counts.push(count);
      }
      return counts;
    };
    expect(await countOf('compute', '/flavors', 'flavors')).toEqual([5, 5]);
    expect(await countOf('network', '/networks', 'networks')).toEqual([2, 2]);
  });
});

describe('the real services refuse', () => {
  /** The error that a question ends in. */
  async function refusal(
    service: Service,
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<CloudError> {
    await using session = await CloudSession.open(peer.member, never);
    try {
      await session.request(service, method, path, { schema: z.unknown(), body, headers, signal: never });
    } catch (error) {
      if (error instanceof CloudError) return error;
      throw error;
    }
    return expect.fail('it was not refused');
  }
  const nobody = '00000000-0000-4000-8000-000000000004';

  test.for([
    ['image', 'GET', `/images/${nobody}`, 'openstack.not-found', /^Not found: .*No image found with ID 00000000/],
    ['compute', 'GET', `/servers/${nobody}`, 'openstack.not-found', /^Not found: Instance 00000000/],
    ['network', 'GET', `/ports/${nobody}`, 'openstack.not-found', /^Not found: Port 00000000/],
    ['volume', 'GET', `/volumes/${nobody}`, 'openstack.not-found', /^Not found: Volume 00000000/],
  ] as const)('what the %s service does not have', async ([service, method, path, code, words]) => {
    const error = await refusal(service, method, path);
    expect(error).toMatchObject({
      code,
      message: expect.stringMatching(words),
      requestId: expect.stringMatching(/^req-/),
    });
    expect(error.message).toContain(error.requestId);
    expect(error.message).not.toMatch(/[<>]|&\w+;/);
  });

  test('a flavor from a member', async () => {
    const body = { flavor: { name: '4-guts', ram: 64, vcpus: 1, disk: 1 } };
    expect(await refusal('compute', 'POST', '/flavors', body)).toMatchObject({ code: 'openstack.forbidden' });
  });

  test('more volumes than the quota allows, at once and for good', async () => {
    expect(await refusal('volume', 'POST', '/volumes', { volume: { name: '4-guts', size: 5000 } })).toMatchObject({
      code: 'openstack.quota-exceeded',
      message: expect.stringMatching(/Requested 5000G, quota is 1000G/),
    });
  });

  test('more cores than the quota allows', async () => {
    await using session = await CloudSession.open(peer.member, never);
    const { networks } = await cloudFacts(session, never);
    const lan = networks.find(({ name }) => name === 'lan')?.id;
    const image = await session.request('image', 'POST', '/images', {
      schema: z.looseObject({ id: z.string() }),
      body: { name: '4-guts-empty', disk_format: 'raw', container_format: 'bare', min_disk: 0 },
      signal: never,
    });
    try {
      const headers = { 'Content-Type': 'application/octet-stream' };
      await session.request('image', 'PUT', `/images/${image.id}/file`, { schema: z.null(), headers, signal: never });
      const server = {
        name: '4-guts',
        flavorRef: '5',
        imageRef: image.id,
        networks: [{ uuid: lan }],
        min_count: 9,
        max_count: 9,
      };
      expect(await refusal('compute', 'POST', '/servers', { server })).toMatchObject({
        code: 'openstack.quota-exceeded',
        message: expect.stringMatching(/Quota exceeded for cores.*Requested 36/),
      });
    } finally {
      await session.request('image', 'DELETE', `/images/${image.id}`, { schema: z.null(), signal: never });
    }
  });

  test('an address and a MAC address that are taken', async () => {
    await using session = await CloudSession.open(peer.member, never);
    const { networks } = await cloudFacts(session, never);
    const network_id = networks.find(({ name }) => name === 'lan')?.id;
    const wanted = { network_id, mac_address: '00:50:56:04:04:04', fixed_ips: [{ ip_address: '192.0.2.44' }] };
    const { port } = await session.request('network', 'POST', '/ports', {
      schema: z.object({ port: z.looseObject({ id: z.string() }) }),
      body: { port: { name: '4-guts', ...wanted } },
      signal: never,
    });
    try {
      const { fixed_ips, ...mac } = wanted;
      expect(await refusal('network', 'POST', '/ports', { port: mac })).toMatchObject({ code: 'openstack.mac-in-use' });
      expect(await refusal('network', 'POST', '/ports', { port: { network_id, fixed_ips } })).toMatchObject({
        code: 'openstack.address-in-use',
      });
    } finally {
      await session.request('network', 'DELETE', `/ports/${port.id}`, { schema: z.null(), signal: never });
    }
  });

  test('a microversion of the future', async () => {
    await using session = await CloudSession.open(peer.member, never);
    const ask = { schema: z.unknown(), signal: never };
    await expect(
      session.request('compute', 'GET', '/servers', { ...ask, microversion: '2.200' }),
    ).rejects.toMatchObject({ code: 'openstack.too-old', message: expect.stringContaining('2.93 at most') });
    for (const [service, type] of [
      ['compute', 'compute'],
      ['volume', 'volume'],
    ] as const) {
      const headers = { 'OpenStack-API-Version': `${type} ${service === 'compute' ? '2.200' : '3.200'}` };
      await expect(session.request(service, 'GET', '/limits', { ...ask, headers })).rejects.toMatchObject({
        code: 'openstack.too-old',
        message: expect.stringMatching(/\b(2\.93|3\.70)\b/),
      });
    }
  });
});
