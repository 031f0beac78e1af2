/** The new server: asked for with everything that it is made of, and waited for until it is active. */
import { z } from 'zod';
import { kindOf } from '../../../main/shared/inventory.ts';
import type { Ledger, ServerSpec } from '../../drivers.ts';
import { ForbiddenError } from './errors.ts';
import { FlavorWithoutDiskError, NotRemovedError, ServerFailedError, TooSlowError } from './making-errors.ts';
import { makeOnce, patienceForGiB, unlessGone, waitUntil, type Site } from './making.ts';

export const Server = z.object({
  id: z.string().min(1),
  name: z.string(),
  status: z.string(),
  metadata: z.record(z.string(), z.string()),
  fault: z.object({ message: z.string(), details: z.string().nullish() }).nullish(),
  /** Its name from 2.47 on; before, only an id. */
  flavor: z.object({ original_name: z.string().optional() }).nullish(),
});
export type Server = z.infer<typeof Server>;
const OneServer = z.object({ server: Server });

/** The first that takes tags together with the server. */
export const WITH_TAGS = '2.52';
/** From here on a server may be given volumes that several servers may have: what they are is a matter of their type. */
const WITH_MULTIATTACH = '2.60';
/** The metadata by which a server is known as one that a migration is still at work on, and as one that is finished. */
export const STATE_KEY = 'guts_state';
export const MIGRATION_KEY = 'guts_migration';
/** When it was finished; servers of earlier versions lack it, as they do the kind and the instance below. */
export const FINISHED_KEY = 'guts_finished_at';
/** What the server was before. */
export const SOURCE_KEYS = {
  kind: 'guts_source_kind',
  name: 'guts_source_vm',
  ref: 'guts_source_ref',
  biosUuid: 'guts_source_uuid',
  instanceUuid: 'guts_source_instance',
} as const;

export const isFinished = ({ metadata }: Pick<Server, 'metadata'>): boolean => metadata[STATE_KEY] === 'done';

export const pathOfServer = (id: string): string => `/servers/${encodeURIComponent(id)}`;

export async function serverOf({ session }: Site, id: string, signal: AbortSignal): Promise<Server | null> {
  const answer = await unlessGone(
    session.request('compute', 'GET', pathOfServer(id), { schema: OneServer, microversion: WITH_TAGS, signal }),
  );
  return answer?.server ?? null;
}

export interface ServerParts {
  readonly flavorId: string;
  readonly portIds: readonly string[];
  /** By `PlannedDisk.key`, in the order in which they are attached. */
  readonly volumeIds: ReadonlyMap<string, string>;
  /** Null boots from a volume. */
  readonly rootImageId: string | null;
}

/** @throws ServerFailedError with Nova's own reason, QuotaExceededError, BadRequestError … */
export async function makeServer(
  site: Site,
  spec: ServerSpec,
  parts: ServerParts,
  ledger: Ledger,
  signal: AbortSignal,
): Promise<Server> {
  const { session } = site;
  const { migrationTag, plan } = spec;
  const item = {
    key: 'server',
    kind: 'server' as const,
    name: `${migrationTag}-server`,
    facts: { called: plan.targetName },
  };
  const { id } = await makeOnce<{ id: string }>(
    site,
    ledger,
    item,
    {
      adopt: async (id) => {
        const server = await serverOf(site, id, signal);
        if (server === null || !['ERROR', 'DELETED', 'SOFT_DELETED'].includes(server.status)) return server;
        await removeServer(site, id, signal);
        return null;
      },
      find: async () => {
        for await (const server of serversOf(site, migrationTag, signal)) return server.id;
        return null;
      },
      create: async (signal) => {
        await spec.beforeOrder?.();
        try {
          const answer = await session.request('compute', 'POST', '/servers', {
            schema: z.object({ server: z.object({ id: z.string().min(1) }) }),
            microversion: session.speaks('compute', WITH_MULTIATTACH) ? WITH_MULTIATTACH : WITH_TAGS,
            body: bodyOf(spec, parts),
            signal,
          });
          return answer.server;
        } catch (error) {
          if (error instanceof ForbiddenError && /zero disk/i.test(error.refusal.text))
            throw new FlavorWithoutDiskError(plan.flavor.value.name, { cause: error });
          throw error;
        }
      },
    },
    signal,
  );
  return await activeServer(site, id, spec, signal);
}

const REMOVAL_PATIENCE_MS = 10 * 60_000;

/** Returns when it is gone, and has let go of its ports and volumes. */
export async function removeServer(site: Site, id: string, signal: AbortSignal): Promise<void> {
  const { session } = site;
  const path = pathOfServer(id);
  await unlessGone(session.request('compute', 'DELETE', path, { schema: z.null(), signal }));
  let isForced = false;
  await waitUntil(
    site,
    async () => {
      const server = await serverOf(site, id, signal);
      if (server?.status === 'SOFT_DELETED' && !isForced) {
        isForced = true; // a cloud that keeps deleted servers for a while, with all that they hold
        const body = { forceDelete: null };
        await unlessGone(session.request('compute', 'POST', `${path}/action`, { schema: z.null(), body, signal }));
      }
      return server;
    },
    (server) => server === null || server.status === 'DELETED',
    {
      patienceMs: REMOVAL_PATIENCE_MS,
      late: (server) => new NotRemovedError(`The server ${id} was deleted and is still “${server?.status ?? ''}”.`),
      signal,
    },
  );
}

/** Every server that a migration made; there is none or one, unless an answer was lost. */
export async function* serversOf(
  site: Site,
  tag: string,
  signal: AbortSignal,
): AsyncGenerator<Server, void, undefined> {
  const query = { tags: tag };
  for await (const server of site.session.list(
    'compute',
    '/servers/detail',
    'servers',
    Server,
    signal,
    query,
    WITH_TAGS,
  ))
    if (server.metadata[MIGRATION_KEY] === tag) yield server;
}

function bodyOf(spec: ServerSpec, parts: ServerParts): Record<string, unknown> {
  const { plan, options, sourceVm, migrationTag } = spec;
  const { volumeIds, rootImageId, flavorId, portIds } = parts;
  const volumes = plan.disks.flatMap(({ key, bootIndex, bus }) => {
    const uuid = volumeIds.get(key);
    const source = { source_type: 'volume', destination_type: 'volume', delete_on_termination: false };
    return uuid === undefined
      ? []
      : [{ uuid, ...source, boot_index: bootIndex ?? -1, ...(bus === undefined ? {} : { disk_bus: bus }) }];
  });
  const root = {
    uuid: rootImageId,
    source_type: 'image',
    destination_type: 'local',
    boot_index: 0,
    delete_on_termination: true,
  };
  const devices = rootImageId === null ? volumes : volumes.length > 0 ? [root, ...volumes] : [];
  const metadata = {
    [MIGRATION_KEY]: migrationTag,
    [STATE_KEY]: 'unfinished',
    [SOURCE_KEYS.kind]: kindOf(sourceVm),
    [SOURCE_KEYS.name]: sourceVm.name,
    [SOURCE_KEYS.ref]: sourceVm.ref,
    ...(sourceVm.biosUuid === null ? {} : { [SOURCE_KEYS.biosUuid]: sourceVm.biosUuid }),
    ...(sourceVm.instanceUuid === null ? {} : { [SOURCE_KEYS.instanceUuid]: sourceVm.instanceUuid }),
  };
  return {
    server: {
      name: plan.targetName,
      flavorRef: flavorId,
      ...(rootImageId === null ? {} : { imageRef: rootImageId }),
      ...(devices.length === 0 ? {} : { block_device_mapping_v2: devices }),
      networks: portIds.length === 0 ? 'none' : portIds.map((port) => ({ port })),
      ...(options.availabilityZone === null ? {} : { availability_zone: options.availabilityZone }),
      ...(options.keyPair === null ? {} : { key_name: options.keyPair }),
      // By a config drive it arrives also where the network has no metadata service.
      ...(options.userData === null
        ? {}
        : { user_data: Buffer.from(options.userData, 'utf8').toString('base64'), config_drive: true }),
      metadata: Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, value.slice(0, 255)])),
      tags: ['guts', migrationTag],
    },
    ...(plan.serverGroupId === null ? {} : { 'os:scheduler_hints': { group: plan.serverGroupId } }),
  };
}

async function activeServer(site: Site, id: string, spec: ServerSpec, signal: AbortSignal): Promise<Server> {
  const { plan } = spec;
  const server = await waitUntil(
    site,
    async () => await serverOf(site, id, signal),
    (seen) => seen?.status !== 'BUILD',
    {
      patienceMs: patienceForGiB(Math.max(...plan.disks.map(({ sizeGiB }) => sizeGiB), 0)),
      late: () => new TooSlowError(`The server “${plan.targetName}” (${id}) is still being built.`),
      signal,
    },
  );
  if (server === null || ['DELETED', 'SOFT_DELETED'].includes(server.status))
    throw new ServerFailedError(plan.targetName, id, 'it was deleted while it was being built', spec);
  if (server.status === 'ERROR') throw new ServerFailedError(plan.targetName, id, server.fault?.message ?? null, spec);
  return server;
}
