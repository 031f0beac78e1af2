/** Cinder v3 as a service: volumes of one project, what can be done to them, their types and limits. */
import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import type { Cloud } from './cloud.ts';
import { page, withLinks } from './listing.ts';
import { act } from './volume-actions.ts';
import { makeVolume, removeVolume, usedBy } from './volume-life.ts';
import { on, open, Refusal, type Answer, type Call, type Route, type Service } from './web.ts';
import type { LabImage, LabVolume } from './words.ts';

const metadata = z.record(z.string().max(255), z.string().max(255));
const NewVolume = z.strictObject({
  volume: z.strictObject({
    size: z.coerce.number().int().positive(),
    name: z.string().max(255).nullable().optional(),
    description: z.string().max(255).nullable().optional(),
    imageRef: z.string().nullable().optional(),
    volume_type: z.string().nullable().optional(),
    availability_zone: z.string().nullable().optional(),
    metadata: metadata.optional(),
  }),
});
const VolumeChange = z.strictObject({
  volume: z.strictObject({
    name: z.string().max(255).optional(),
    description: z.string().max(255).optional(),
    metadata: metadata.optional(),
  }),
});
const NEWEST_MINOR = 70;

export function volumeService(cloud: Cloud): Service {
  const version = (base: string) => ({
    id: 'v3.0',
    status: 'CURRENT',
    version: `3.${NEWEST_MINOR}`,
    min_version: '3.0',
    links: [{ rel: 'self', href: `${base}/v3/` }],
  });
  return {
    prefix: '/volume',
    idHeaders: ['x-openstack-request-id', 'x-compute-request-id'],
    minorOf,
    headers: (minor) => ({ 'openstack-api-version': `volume 3.${minor}`, vary: 'OpenStack-API-Version' }),
    refuse: ({ status, message, kind, headers }) => {
      if (status === 401) return { status, body: { error: { code: 401, title: 'Unauthorized', message } } };
      const retry = kind === 'overLimit' ? { retryAfter: '0' } : {};
      const key = kind ?? KINDS[status] ?? 'computeFault';
      return { status, headers, body: { [key]: { code: status, message, ...retry } } };
    },
    routes: [
      open('GET', '/', ({ base }) => ({ status: 300, body: { versions: [version(base)] } })),
      open('GET', '/v3', ({ base }) => ({ status: 200, body: { versions: [version(base)] } })),
      ...volumeRoutes(cloud),
      ...factRoutes(cloud),
    ].map((route) => (route.isOpen === true ? route : { ...route, handle: inProject(route) })),
  };
}

const KINDS: Record<number, string> = { 400: 'badRequest', 403: 'forbidden', 404: 'itemNotFound', 405: 'badMethod' };

/** The path names a project: it must be the token's. */
function inProject({ handle }: Route): Route['handle'] {
  return (call) => {
    if (call.param('project') !== call.who.projectId) throw new Refusal(400, 'Malformed request url');
    if (call.method !== 'GET' && !call.who.mayWrite)
      throw new Refusal(403, "Policy doesn't allow volume:create to be performed.");
    return handle(call);
  };
}

function minorOf(request: IncomingMessage): number {
  const asked = /volume (\S+)/.exec(String(request.headers['openstack-api-version'] ?? ''))?.[1] ?? '3.0';
  if (asked === 'latest') return NEWEST_MINOR;
  const minor = Number(/^3\.(\d+)$/.exec(asked)?.[1] ?? Number.NaN);
  if (!(minor <= NEWEST_MINOR))
    throw new Refusal(
      406,
      `Version ${asked} is not supported by the API. Minimum is 3.0 and maximum is 3.${NEWEST_MINOR}.`,
      'computeFault',
    );
  return minor;
}

function volumeRoutes(cloud: Cloud): Route[] {
  const visible = ({ who }: Call): LabVolume[] =>
    [...cloud.volumes.values()].filter(({ projectId }) => projectId === who.projectId);
  const volumeOf = (call: Call): LabVolume => {
    const volume = visible(call).find(({ id }) => id === call.param('id'));
    if (volume === undefined) throw new Refusal(404, `Volume ${call.param('id')} could not be found.`);
    return volume;
  };
  const listed = (call: Call, bodyOf: (volume: LabVolume) => object): Answer => {
    const found = visible(call)
      .reverse()
      .filter((volume) => fits(volume, call.query));
    const { items, next } = page(found, call, cloud.settings.pageSize, cloud.settings.pageSize);
    return { status: 200, body: withLinks('volumes', items.map(bodyOf), next) };
  };
  return [
    on('POST', '/v3/:project/volumes', async (call) => {
      const { volume: given } = await call.json(NewVolume);
      const volume = makeVolume(cloud, call.who, {
        name: given.name ?? null,
        description: given.description ?? null,
        sizeGiB: given.size,
        image: imageFor(cloud, call, given.imageRef ?? null),
        metadata: given.metadata ?? {},
        zone: given.availability_zone ?? 'nova',
        isDoomed: call.faults.some(({ kind }) => kind === 'error'),
        ...(typeof given.volume_type === 'string' ? { type: given.volume_type } : {}),
      });
      return { status: 202, body: { volume: volumeBody(volume) } };
    }),
    on('GET', '/v3/:project/volumes', (call) => listed(call, ({ id, name }) => ({ id, name, links: [] }))),
    on('GET', '/v3/:project/volumes/detail', (call) => listed(call, volumeBody)),
    on('GET', '/v3/:project/volumes/:id', (call) => ({ status: 200, body: { volume: volumeBody(volumeOf(call)) } })),
    on('PUT', '/v3/:project/volumes/:id', async (call) => {
      const volume = volumeOf(call);
      Object.assign(volume, (await call.json(VolumeChange)).volume);
      return { status: 200, body: { volume: volumeBody(volume) } };
    }),
    on('DELETE', '/v3/:project/volumes/:id', (call) => {
      const volume = volumeOf(call);
      if (!['available', 'error'].includes(volume.status) || volume.attachments.length > 0)
        throw new Refusal(
          400,
          `Invalid volume: Volume status must be available or error or error_restoring or error_extending or error_managing and must not be migrating, attached, belong to a group, have snapshots, awaiting a transfer, or be disassociated from snapshots after volume transfer.`,
        );
      volume.status = 'deleting';
      cloud.later(cloud.settings.buildMs / 2, async () => await removeVolume(cloud, volume));
      return { status: 202 };
    }),
    on('POST', '/v3/:project/volumes/:id/action', async (call) => await act(cloud, volumeOf(call), call)),
  ];
}

function fits(volume: LabVolume, query: URLSearchParams): boolean {
  const [name, status, given] = [query.get('name'), query.get('status'), query.get('metadata')];
  const wanted = [...(given ?? '').matchAll(/['"]([^'"]+)['"]\s*:\s*u?['"]([^'"]*)['"]/g)];
  return (
    (name === null || name === volume.name) &&
    (status === null || status === volume.status) &&
    wanted.every(([, key = '', value]) => volume.metadata[key] === value)
  );
}

function imageFor(cloud: Cloud, { who }: Call, id: string | null): LabImage | null {
  if (id === null) return null;
  const image = cloud.images.get(id);
  if (image === undefined || (image.owner !== who.projectId && image.visibility !== 'public'))
    throw new Refusal(400, 'Invalid image identifier or unable to access requested image.');
  return image;
}

function factRoutes(cloud: Cloud): Route[] {
  const typeBody = (
    { id, name, description, backend, isMultiattach }: Cloud['volumeTypes'][number],
    { isAdmin }: Call['who'],
  ) => ({
    id,
    name,
    is_public: true,
    description,
    extra_specs: {
      ...(isMultiattach === true ? { multiattach: '<is> True' } : {}),
      ...(isAdmin && backend !== undefined ? { volume_backend_name: backend } : {}),
    },
    ...(isAdmin ? { qos_specs_id: null } : {}),
    'os-volume-type-access:is_public': true,
  });
  return [
    on('GET', '/v3/:project/types', ({ who }) => ({
      status: 200,
      body: { volume_types: cloud.volumeTypes.map((type) => typeBody(type, who)) },
    })),
    on('GET', '/v3/:project/types/default', ({ who }) => {
      const [usual] = cloud.volumeTypes;
      return { status: 200, body: { volume_type: usual === undefined ? null : typeBody(usual, who) } };
    }),
    on('GET', '/v3/:project/limits', ({ who }) => {
      const used = usedBy(cloud, who.projectId);
      const absolute = {
        maxTotalVolumes: cloud.quotas.volumes,
        maxTotalVolumeGigabytes: cloud.quotas.volumeGiB,
        totalVolumesUsed: used.volumes,
        totalGigabytesUsed: used.gib,
      };
      return { status: 200, body: { limits: { rate: [], absolute } } };
    }),
    on('GET', '/v3/:project/os-quota-sets/:of', ({ query, param }) => {
      const used = usedBy(cloud, param('of'));
      const isDetailed = query.get('usage')?.toLowerCase() === 'true';
      const value = (limit: number, inUse: number) => (isDetailed ? { limit, in_use: inUse, reserved: 0 } : limit);
      const { volumes, volumeGiB } = cloud.quotas;
      const ofTypes = cloud.volumeTypes.flatMap(({ name }) => {
        const own = usedBy(cloud, param('of'), name);
        const quota = cloud.typeQuotas.get(name) ?? { volumes: -1, volumeGiB: -1 };
        return [
          [`volumes_${name}`, value(quota.volumes, own.volumes)],
          [`gigabytes_${name}`, value(quota.volumeGiB, own.gib)],
        ] as const;
      });
      const set = {
        id: param('of'),
        volumes: value(volumes, used.volumes),
        per_volume_gigabytes: value(-1, 0),
        gigabytes: value(volumeGiB, used.gib),
        ...Object.fromEntries(ofTypes),
      };
      return { status: 200, body: { quota_set: set } };
    }),
    on('GET', '/v3/:project/scheduler-stats/get_pools', ({ who, query }) => {
      if (!who.isAdmin)
        throw new Refusal(
          403,
          "Policy doesn't allow scheduler_extension:scheduler_stats:get_pools to be performed.",
          'forbidden',
        );
      const isDetailed = query.get('detail')?.toLowerCase() === 'true';
      const pools = cloud.settings.pools.map(({ name, backend, totalGiB, freeGiB }) => ({
        name,
        ...(isDetailed
          ? {
              capabilities: {
                volume_backend_name: backend,
                total_capacity_gb: totalGiB,
                free_capacity_gb: freeGiB,
                reserved_percentage: 0,
              },
            }
          : {}),
      }));
      return { status: 200, body: { pools } };
    }),
    on('GET', '/v3/:project/os-availability-zone', () => ({
      status: 200,
      body: { availabilityZoneInfo: [{ zoneName: 'nova', zoneState: { available: true } }] },
    })),
    on('GET', '/v3/:project/messages', () => ({ status: 200, body: { messages: [] } })),
    on('GET', '/v3/:project/snapshots', () => ({ status: 200, body: { snapshots: [] } })),
    on('GET', '/v3/:project/snapshots/detail', () => ({ status: 200, body: { snapshots: [] } })),
  ];
}

function volumeBody(volume: LabVolume): object {
  return {
    id: volume.id,
    status: volume.status,
    size: volume.sizeGiB,
    availability_zone: volume.zone,
    created_at: volume.createdAt.replace('Z', '.000000'),
    updated_at: null,
    name: volume.name,
    description: volume.description,
    volume_type: volume.type,
    snapshot_id: null,
    source_volid: null,
    metadata: volume.metadata,
    links: [],
    user_id: volume.userId,
    bootable: String(volume.isBootable),
    encrypted: false,
    replication_status: null,
    consistencygroup_id: null,
    multiattach: volume.isMultiattach,
    attachments: volume.attachments.map(({ id, serverId, device }) => ({
      id: volume.id,
      attachment_id: id,
      volume_id: volume.id,
      server_id: serverId,
      host_name: null,
      device,
      attached_at: volume.createdAt.replace('Z', '.000000'),
    })),
    'os-vol-tenant-attr:tenant_id': volume.projectId,
    ...(volume.imageMetadata === null ? {} : { volume_image_metadata: volume.imageMetadata }),
  };
}
