/** Nova's servers as records: asked for, listed, described, removed. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { timeNow, type Cloud } from './cloud.ts';
import { page, withLinks } from './listing.ts';
import { bootDisks, BlockDevice, type BootDisks } from './server-disks.ts';
import { build, removeServer, reserve } from './server-life.ts';
import { NetworkChoice, portsFor } from './server-ports.ts';
import { mustHaveQuota, mustHaveRoom } from './server-quota.ts';
import { serverBody } from './server-body.ts';
import { on, Refusal, type Answer, type Call, type Route } from './web.ts';
import type { NovaServer } from './words.ts';

const text = z.string().max(255);
const NewServer = z.strictObject({
  server: z.strictObject({
    name: text.min(1),
    flavorRef: z.coerce.string(),
    imageRef: z.string().optional(),
    networks: z.union([z.array(NetworkChoice), z.enum(['auto', 'none'])]).optional(),
    block_device_mapping_v2: z.array(BlockDevice).optional(),
    metadata: z.record(text, text).optional(),
    key_name: z.string().optional(),
    availability_zone: z.string().optional(),
    user_data: z.base64().max(65_535).optional(),
    config_drive: z.boolean().optional(),
    security_groups: z.array(z.strictObject({ name: z.string() })).optional(),
    tags: z.array(z.string().max(60)).max(50).optional(),
    description: text.nullable().optional(),
    hostname: text.optional(),
    adminPass: z.string().optional(),
    min_count: z.literal(1).optional(),
    max_count: z.literal(1).optional(),
    'OS-DCF:diskConfig': z.enum(['AUTO', 'MANUAL']).optional(),
  }),
  'os:scheduler_hints': z.looseObject({ group: z.string().optional() }).optional(),
});
type Given = z.infer<typeof NewServer>;
/** The microversion in which a field of the request came. */
const SINCE: Readonly<Record<string, number>> = { description: 19, tags: 52, hostname: 90 };

export function serverRoutes(cloud: Cloud): Route[] {
  const listed = (call: Call, bodyOf: (server: NovaServer) => object): Answer => {
    const found = visible(cloud, call)
      .reverse()
      .filter((server) => fits(server, call.query));
    const { items, next } = page(found, call, cloud.settings.pageSize, cloud.settings.pageSize);
    return { status: 200, body: withLinks('servers', items.map(bodyOf), next) };
  };
  return [
    on('POST', '/v2.1/servers', async (call) => {
      mustMayWrite(call, 'servers:create');
      const server = newServer(cloud, call, await call.json(NewServer));
      const link = { rel: 'self', href: `${call.base}/v2.1/servers/${server.id}` };
      const shown = {
        id: server.id,
        links: [link],
        'OS-DCF:diskConfig': 'MANUAL',
        adminPass: randomUUID().slice(0, 12),
      };
      const groups = server.securityGroups.map((name) => ({ name }));
      return { status: 202, body: { server: { ...shown, security_groups: groups } }, headers: { location: link.href } };
    }),
    on('GET', '/v2.1/servers', (call) =>
      listed(call, ({ id, name }) => ({ id, name, links: [{ rel: 'self', href: `${call.base}/v2.1/servers/${id}` }] })),
    ),
    on('GET', '/v2.1/servers/detail', (call) => listed(call, (server) => serverBody(cloud, server, call))),
    on('GET', '/v2.1/servers/:id', (call) => ({
      status: 200,
      body: { server: serverBody(cloud, serverOf(cloud, call), call) },
    })),
    on('DELETE', '/v2.1/servers/:id', (call) => {
      mustMayWrite(call, 'servers:delete');
      removeServer(cloud, serverOf(cloud, call));
      return { status: 204 };
    }),
  ];
}

function visible(cloud: Cloud, { who, query }: Call): NovaServer[] {
  const isAll = who.isAdmin && query.get('all_tenants') !== null;
  return [...cloud.servers.values()].filter((server) => isAll || server.projectId === who.projectId);
}

/** @throws Refusal 404 */
export function serverOf(cloud: Cloud, call: Call): NovaServer {
  const server = cloud.servers.get(call.param('id'));
  if (server === undefined || (server.projectId !== call.who.projectId && !call.who.isAdmin))
    throw new Refusal(404, `Instance ${call.param('id')} could not be found.`);
  return server;
}

export function mustMayWrite({ who }: Call, policy: string): void {
  if (!who.mayWrite) throw new Refusal(403, `Policy doesn't allow os_compute_api:${policy} to be performed.`);
}

/** Nova takes `name` as a regular expression. */
function fits(server: NovaServer, query: URLSearchParams): boolean {
  const name = query.get('name');
  const status = query.get('status');
  const tags = query.get('tags');
  return (
    (name === null || pattern(name).test(server.name)) &&
    (status === null || status === server.status) &&
    (tags === null || tags.split(',').every((tag) => server.tags.includes(tag)))
  );
}

function pattern(source: string): RegExp {
  try {
    return new RegExp(source);
  } catch {
    throw new Refusal(400, 'Invalid filter field: name.');
  }
}

function newServer(cloud: Cloud, call: Call, { server: given, ...hints }: Given): NovaServer {
  mustFitMicroversion(given, call.minor);
  const flavor = cloud.flavors.get(given.flavorRef);
  if (flavor === undefined) throw new Refusal(400, `Flavor ${given.flavorRef} could not be found.`);
  const isKey = given.key_name === undefined || cloud.keyPairs.some(({ name }) => name === given.key_name);
  if (!isKey) throw new Refusal(400, 'Invalid key_name provided.');
  if (given.availability_zone !== undefined && !cloud.zones.includes(given.availability_zone))
    throw new Refusal(400, 'The requested availability zone is not available');
  const group = hints['os:scheduler_hints']?.group;
  if (group !== undefined && !cloud.serverGroups.some(({ id }) => id === group))
    throw new Refusal(400, `Instance group ${group} could not be found.`);
  const id = randomUUID();
  const disks = bootDisks(cloud, call, flavor, given.imageRef ?? '', given.block_device_mapping_v2 ?? []);
  mustHaveQuota(cloud, call.who.projectId, flavor);
  mustHaveRoom(cloud, group);
  const portIds = portsFor(cloud, call, given.networks);
  const server: NovaServer = {
    id,
    projectId: call.who.projectId,
    userId: call.who.userId,
    createdAt: timeNow(),
    name: given.name,
    description: given.description ?? null,
    status: 'BUILD',
    taskState: 'scheduling',
    flavor,
    imageId: disks.image?.id ?? '',
    imageProperties: disks.properties,
    rootDisk: null,
    metadata: given.metadata ?? {},
    tags: given.tags ?? [],
    zone: given.availability_zone ?? cloud.zones[0] ?? 'nova',
    keyName: given.key_name ?? null,
    serverGroupId: group ?? null,
    userData: given.user_data ?? null,
    hasConfigDrive: given.config_drive ?? false,
    securityGroups: given.security_groups?.map(({ name }) => name) ?? ['default'],
    portIds,
    attachments: [],
    fault: null,
    launchedAt: null,
    updatedAt: timeNow(),
    console: '',
    isDeleting: false,
  };
  cloud.servers.set(id, server);
  startBuilding(cloud, call, server, disks);
  return server;
}

function startBuilding(cloud: Cloud, { faults }: Call, server: NovaServer, disks: BootDisks): void {
  for (const { volume, deleteOnTermination, tag } of disks.volumes)
    reserve(server, volume, { deleteOnTermination, tag });
  const told = faults.find(({ kind }) => kind === 'error');
  build(cloud, server, disks, told?.message ?? cloud.settings.failsToBuild(server));
}

function mustFitMicroversion(given: Given['server'], minor: number): void {
  const early = Object.keys(given).find((name) => (SINCE[name] ?? 1) > minor);
  if (early !== undefined) throw new Refusal(400, `Additional properties are not allowed ('${early}' was unexpected)`);
  if (minor >= 37 && given.networks === undefined)
    throw new Refusal(400, "Invalid input for field/attribute server. 'networks' is a required property");
  if (minor < 37 && typeof given.networks === 'string')
    throw new Refusal(
      400,
      `Invalid input for field/attribute networks. Value: ${given.networks}. '${given.networks}' is not of type 'array'`,
    );
}
