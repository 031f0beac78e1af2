/** Nova as a service: microversions, its refusals, and what it says of limits, zones, keys and groups. */
import type { IncomingMessage } from 'node:http';
import { attachmentRoutes } from './attachments.ts';
import type { Cloud } from './cloud.ts';
import { consoleRoutes } from './server-actions.ts';
import { flavorRoutes } from './flavors.ts';
import { serverRoutes } from './servers.ts';
import { mostMembersOf, usedBy } from './server-quota.ts';
import { on, open, Refusal, type Call, type Route, type Service } from './web.ts';

export function computeService(cloud: Cloud): Service {
  const newest = cloud.settings.computeMinor;
  const version = (base: string) => ({
    id: 'v2.1',
    status: 'CURRENT',
    version: `2.${newest}`,
    min_version: '2.1',
    updated: '2013-07-23T11:33:21Z',
    links: [{ rel: 'self', href: `${base}/v2.1/` }],
  });
  return {
    prefix: '/compute',
    idHeaders: ['x-openstack-request-id', 'x-compute-request-id'],
    minorOf: (request) => minorOf(request, newest),
    headers: (minor) => ({
      'openstack-api-version': `compute 2.${minor}`,
      'x-openstack-nova-api-version': `2.${minor}`,
      vary: 'OpenStack-API-Version, X-OpenStack-Nova-API-Version',
    }),
    refuse: ({ status, message, kind, headers }) => ({
      status,
      headers,
      body:
        status === 401
          ? { error: { code: 401, title: 'Unauthorized', message } }
          : { [kind ?? KINDS[status] ?? 'computeFault']: { code: status, message } },
    }),
    routes: [
      open('GET', '/', ({ base }) => ({ status: 200, body: { versions: [version(base)] } })),
      open('GET', '/v2.1', ({ base }) => ({ status: 200, body: { version: version(base) } })),
      ...flavorRoutes(cloud),
      ...serverRoutes(cloud),
      ...consoleRoutes(cloud),
      ...attachmentRoutes(cloud),
      ...factRoutes(cloud),
    ],
  };
}

const KINDS: Record<number, string> = {
  400: 'badRequest',
  403: 'forbidden',
  404: 'itemNotFound',
  405: 'badMethod',
  409: 'conflictingRequest',
  413: 'overLimit',
};

function minorOf(request: IncomingMessage, newest: number): number {
  const given = request.headers['openstack-api-version'];
  const older = request.headers['x-openstack-nova-api-version'];
  const asked = /(?:^|,\s*)compute (\S+)/.exec(String(given ?? ''))?.[1] ?? (typeof older === 'string' ? older : '2.1');
  if (asked === 'latest') return newest;
  const minor = Number(/^2\.(\d+)$/.exec(asked)?.[1] ?? Number.NaN);
  if (Number.isNaN(minor))
    throw new Refusal(400, `API Version String ${asked} is of invalid format. Must be of format MajorNum.MinorNum.`);
  if (minor < 1 || minor > newest)
    throw new Refusal(
      406,
      `Version ${asked} is not supported by the API. Minimum is 2.1 and maximum is 2.${newest}.`,
      'computeFault',
    );
  return minor;
}

function factRoutes(cloud: Cloud): Route[] {
  return [
    on('GET', '/v2.1/limits', ({ who }) => {
      const used = usedBy(cloud, who.projectId);
      const absolute = {
        maxTotalInstances: cloud.quotas.instances,
        maxTotalCores: cloud.quotas.cores,
        maxTotalRAMSize: cloud.quotas.ramMiB,
        maxServerMeta: 128,
        maxTotalKeypairs: 100,
        maxServerGroups: 10,
        maxServerGroupMembers: mostMembersOf(cloud),
        totalInstancesUsed: used.instances,
        totalCoresUsed: used.cores,
        totalRAMUsed: used.ramMiB,
        totalServerGroupsUsed: cloud.serverGroups.length,
      };
      return { status: 200, body: { limits: { rate: [], absolute } } };
    }),
    on('GET', '/v2.1/os-quota-sets/:project', (call) => {
      const { instances, cores, ramMiB } = cloud.quotas;
      return {
        status: 200,
        body: {
          quota_set: {
            id: ownProject(call),
            instances,
            cores,
            ram: ramMiB,
            key_pairs: 100,
            server_groups: 10,
            metadata_items: 128,
          },
        },
      };
    }),
    on('GET', '/v2.1/os-quota-sets/:project/detail', (call) => {
      const id = ownProject(call);
      const used = usedBy(cloud, id);
      const of = (limit: number, inUse: number) => ({ limit, in_use: inUse, reserved: 0 });
      const instances = of(cloud.quotas.instances, used.instances);
      const ram = of(cloud.quotas.ramMiB, used.ramMiB);
      return {
        status: 200,
        body: { quota_set: { id, instances, cores: of(cloud.quotas.cores, used.cores), ram, key_pairs: of(100, 0) } },
      };
    }),
    on('GET', '/v2.1/os-keypairs', () => ({
      status: 200,
      body: {
        keypairs: cloud.keyPairs.map(({ name, publicKey }) => ({
          keypair: { name, public_key: publicKey, fingerprint: FINGERPRINT, type: 'ssh' },
        })),
      },
    })),
    on('GET', '/v2.1/os-availability-zone', () => ({
      status: 200,
      body: {
        availabilityZoneInfo: cloud.zones.map((zoneName) => ({
          zoneName,
          zoneState: { available: true },
          hosts: null,
        })),
      },
    })),
    on('GET', '/v2.1/os-server-groups', ({ minor, who }) => ({
      status: 200,
      body: {
        server_groups: cloud.serverGroups.map(({ id, name, policy }) => ({
          id,
          name,
          ...(minor >= 64 ? { policy, rules: {} } : { policies: [policy], metadata: {} }),
          members: [...cloud.servers.values()]
            .filter((server) => server.serverGroupId === id)
            .map((server) => server.id),
          project_id: who.projectId,
          user_id: who.userId,
        })),
      },
    })),
  ];
}

const FINGERPRINT = '3c:4f:6a:9d:20:11:7e:55:c8:0b:44:d2:91:6f:ae:07';

function ownProject(call: Call): string {
  const project = call.param('project');
  if (project !== call.who.projectId && !call.who.isAdmin)
    throw new Refusal(403, "Policy doesn't allow os_compute_api:os-quota-sets:show to be performed.");
  return project;
}
