/** What Nova has for a machine: flavors, zones, key pairs, server groups, names that are taken, and its quota. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { CloudFacts, Flavor } from '../../../main/shared/cloud.ts';
import { all, ifAllowed, quota } from './allowed.ts';
import type { CloudSession } from './cloud-session.ts';
import { ForbiddenError, NotFoundError } from './errors.ts';

type ComputeFacts = Pick<
  CloudFacts,
  | 'flavors'
  | 'keyPairs'
  | 'availabilityZones'
  | 'serverGroups'
  | 'mostGroupMembers'
  | 'serverNames'
  | 'mayCreateFlavors'
>;
type ComputeQuotas = Pick<CloudFacts['quotas'], 'instances' | 'cores' | 'memoryMiB'>;

const ServerFlavor = z.object({
  id: z.string().min(1),
  name: z.string(),
  vcpus: z.number().int(),
  ram: z.number().int(),
  disk: z.number().int(),
  'os-flavor-access:is_public': z.boolean().default(true),
  'OS-FLV-DISABLED:disabled': z.boolean().default(false),
  /** Left out where a policy hides it. */
  extra_specs: z.record(z.string(), z.string()).default({}),
});
const KeyPair = z.object({ keypair: z.object({ name: z.string() }) });
const Zones = z.object({
  availabilityZoneInfo: z.array(z.object({ zoneName: z.string(), zoneState: z.object({ available: z.boolean() }) })),
});
const ServerGroup = z.object({
  id: z.string().min(1),
  name: z.string(),
  /** Newer clouds have one policy, older ones a list of one. */
  policy: z.string().nullish(),
  policies: z.array(z.string()).default([]),
  members: z.array(z.string()).nullish(),
});
const Server = z.object({ name: z.string() });
const Limits = z.object({
  limits: z.object({
    absolute: z.object({
      maxTotalInstances: z.number().optional(),
      totalInstancesUsed: z.number().optional(),
      maxTotalCores: z.number().optional(),
      totalCoresUsed: z.number().optional(),
      maxTotalRAMSize: z.number().optional(),
      totalRAMUsed: z.number().optional(),
      maxServerGroupMembers: z.number().optional(),
    }),
  }),
});
/** From here on flavors come with their extra specs. */
const WITH_EXTRA_SPECS = '2.61';

export async function computeFacts(
  session: CloudSession,
  signal: AbortSignal,
): Promise<{ readonly facts: ComputeFacts; readonly quotas: ComputeQuotas }> {
  const list = <T>(path: string, key: string, schema: z.ZodType<T>): Promise<T[]> =>
    ifAllowed(all(session.list('compute', path, key, schema, signal)), []);
  const get = <T>(path: string, schema: z.ZodType<T>): Promise<T> =>
    session.request('compute', 'GET', path, { schema, signal });

  const [flavors, keyPairs, zones, serverGroups, servers, limits, mayCreateFlavors] = await Promise.all([
    flavorsOf(session, signal),
    list('/os-keypairs', 'keypairs', KeyPair),
    ifAllowed(get('/os-availability-zone', Zones), { availabilityZoneInfo: [] }),
    list('/os-server-groups', 'server_groups', ServerGroup),
    list('/servers', 'servers', Server),
    ifAllowed(get('/limits', Limits), { limits: { absolute: {} } }),
    mayManageFlavors(session, signal),
  ]);
  const { absolute } = limits.limits;
  const { maxServerGroupMembers: mostMembers } = absolute;
  return {
    facts: {
      flavors,
      keyPairs: keyPairs.map(({ keypair }) => keypair.name),
      availabilityZones: zones.availabilityZoneInfo
        .filter(({ zoneState }) => zoneState.available)
        .map(({ zoneName }) => zoneName),
      serverGroups: serverGroups.map(groupOf),
      ...(mostMembers === undefined ? {} : { mostGroupMembers: quota(mostMembers, 0).limit }),
      serverNames: servers.map(({ name }) => name),
      mayCreateFlavors,
    },
    quotas: {
      instances: quota(absolute.maxTotalInstances, absolute.totalInstancesUsed),
      cores: quota(absolute.maxTotalCores, absolute.totalCoresUsed),
      memoryMiB: quota(absolute.maxTotalRAMSize, absolute.totalRAMUsed),
    },
  };
}

function groupOf({
  id,
  name,
  policy,
  policies,
  members,
}: z.infer<typeof ServerGroup>): ComputeFacts['serverGroups'][number] {
  const one = policy ?? policies[0];
  return {
    id,
    name,
    ...(one === undefined ? {} : { policy: one }),
    ...(Array.isArray(members) ? { members: members.length } : {}),
  };
}

async function flavorsOf(session: CloudSession, signal: AbortSignal): Promise<Flavor[]> {
  const version = session.speaks('compute', WITH_EXTRA_SPECS) ? WITH_EXTRA_SPECS : undefined;
  const found = await all(session.list('compute', '/flavors/detail', 'flavors', ServerFlavor, signal, {}, version));
  return found
    .filter((flavor) => !flavor['OS-FLV-DISABLED:disabled'])
    .map((flavor) => ({
      id: flavor.id,
      name: flavor.name,
      vcpus: flavor.vcpus,
      memoryMiB: flavor.ram,
      diskGiB: flavor.disk,
      isPublic: flavor['os-flavor-access:is_public'],
      extraSpecs: flavor.extra_specs,
    }));
}

/**
 * Roles do not tell; Nova's policy does. To remove a flavor that is not there is refused to those who may not, and
 * not found for those who may, and changes nothing in either case.
 */
async function mayManageFlavors(session: CloudSession, signal: AbortSignal): Promise<boolean> {
  try {
    await session.request('compute', 'DELETE', `/flavors/${randomUUID()}`, { schema: z.null(), signal });
  } catch (error) {
    if (error instanceof NotFoundError) return true;
    if (error instanceof ForbiddenError) return false;
    throw error;
  }
  return true;
}
