/** The words for what a destination cloud has: what a machine can be mapped to, and how much of it is left. */
import { z } from 'zod';

const id = z.string().min(1);

export const Flavor = z.object({
  id,
  name: z.string(),
  vcpus: z.number().int(),
  memoryMiB: z.number().int(),
  diskGiB: z.number().int(),
  isPublic: z.boolean(),
  extraSpecs: z.record(z.string(), z.string()),
});
export type Flavor = z.infer<typeof Flavor>;

export const CloudSubnet = z.object({
  id,
  name: z.string(),
  cidr: z.string(),
  ipVersion: z.union([z.literal(4), z.literal(6)]),
  hasDhcp: z.boolean(),
  gateway: z.string().nullable(),
  pools: z.array(z.object({ start: z.string(), end: z.string() })),
  dnsServers: z.array(z.string()),
  /** The MAC of a port gives its address (SLAAC, DHCPv6 without state), and Neutron takes none that is asked for. */
  isByMac: z.literal(true).optional(),
});
export type CloudSubnet = z.infer<typeof CloudSubnet>;

export const CloudNetwork = z.object({
  id,
  name: z.string(),
  /** A machine cannot have a port on it; floating addresses come from it. */
  isExternal: z.boolean(),
  isShared: z.boolean(),
  mtu: z.number().int().nullable(),
  /** `vlan`, `vxlan`, `flat` … and the VLAN's number, where the cloud shows them. */
  kind: z.string().nullable(),
  segmentationId: z.number().int().nullable(),
  subnets: z.array(CloudSubnet),
  /** Whether ports on it drop what does not come from their own addresses; left out where the cloud does not tell. */
  hasPortSecurity: z.boolean().optional(),
  /** Whether it is this project’s: of others, ports cannot be allowed more than usual. Left out where the cloud does not tell. */
  isOwn: z.boolean().optional(),
});
export type CloudNetwork = z.infer<typeof CloudNetwork>;

/** What may be used and what is; null is no limit, or one that the cloud does not show. */
export const Quota = z.object({ limit: z.number().nullable(), used: z.number() });
export type Quota = z.infer<typeof Quota>;

/** A server that a migration of Guts finished, and what it says of the machine that it was before. */
export const MovedServer = z.object({
  id,
  name: z.string(),
  migrationTag: z.string().nullable(),
  /** Null of servers of earlier versions. */
  finishedAt: z.string().nullable(),
  createdAt: z.string().nullable(),
  /** Each is null where the server does not say it; earlier versions wrote neither kind nor instance. */
  machine: z.object({
    kind: z.string().nullable(),
    name: z.string().nullable(),
    ref: z.string().nullable(),
    biosUuid: z.string().nullable(),
    instanceUuid: z.string().nullable(),
  }),
});
export type MovedServer = z.infer<typeof MovedServer>;

export const CloudFacts = z.object({
  project: z.object({ id, name: z.string() }),
  flavors: z.array(Flavor),
  networks: z.array(CloudNetwork),
  securityGroups: z.array(z.object({ id, name: z.string() })),
  keyPairs: z.array(z.string()),
  availabilityZones: z.array(z.string()),
  serverGroups: z.array(
    z.object({
      id,
      name: z.string(),
      policy: z.string().optional(),
      /** How many servers are in it; left out where the cloud does not tell. */
      members: z.number().int().nonnegative().optional(),
    }),
  ),
  /** How many servers a group may have; null is no limit; left out where the cloud does not tell. */
  mostGroupMembers: z.number().nullable().optional(),
  /** Empty where the cloud has no volume service; see `hasVolumes`. */
  volumeTypes: z.array(
    z.object({
      name: z.string(),
      isDefault: z.boolean(),
      isMultiattach: z.boolean().optional(),
      /** Of the storage that it is made on, where the cloud says it. */
      backend: z.string().optional(),
    }),
  ),
  hasVolumes: z.boolean(),
  /** Formats that Glance takes: `qcow2`, `raw`, `vmdk` … */
  imageFormats: z.array(z.string()),
  quotas: z.object({
    instances: Quota,
    cores: Quota,
    memoryMiB: Quota,
    ports: Quota,
    floatingIps: Quota,
    volumes: Quota,
    volumeGiB: Quota,
  }),
  /** Names of servers that are there, for “name taken”. */
  serverNames: z.array(z.string()),
  /** Servers that migrations finished, by whomever they were made; left out where the cloud does not tell. */
  movedServers: z.array(MovedServer).optional(),
  /** MAC and fixed addresses of ports that are there, as far as this project may see them. */
  ports: z.array(
    z.object({
      id,
      mac: z.string(),
      network: id,
      addresses: z.array(z.string()),
      name: z.string().optional(),
      /** `compute:nova`, `network:dhcp` …; empty where nothing uses it. */
      usedBy: z.string().optional(),
    }),
  ),
  /** Quotas of single volume types, by the type’s name; left out where the cloud does not tell. */
  typeQuotas: z.record(z.string(), z.object({ volumes: Quota, volumeGiB: Quota })).optional(),
  /** What the storage behind the volumes has, where this user may see it. */
  pools: z
    .array(
      z.object({
        name: z.string(),
        /** The name of its back end, by which volume types choose it; null where it says none. */
        backend: z.string().nullable(),
        /** Null: it does not say, or says that there is no end. */
        totalGiB: z.number().nullable(),
        freeGiB: z.number().nullable(),
      }),
    )
    .optional(),
  /** The largest that a single volume may be; null is no limit; left out where the cloud does not tell. */
  mostVolumeGiB: z.number().nullable().optional(),
  /** Addresses of subnets that can still be given out, by the subnet’s id, where this user may see them. */
  freeAddresses: z.record(id, z.number().int().nonnegative()).optional(),
  /** `service`: it counted them itself. `ports`: by the ports that this project sees; of others there may be more. */
  freeAddressesBy: z.enum(['service', 'ports']).optional(),
  /** Aliases of what the network service can do besides: `port-security`, `allowed-address-pairs`, `trunk` … */
  networkExtensions: z.array(z.string()).optional(),
  /** What hosts can do, in Nova’s words, each said by at least one of them; only administrators are told. */
  hostTraits: z.array(z.string()).optional(),
  /** Whether this user may make flavors. */
  mayCreateFlavors: z.boolean(),
});
export type CloudFacts = z.infer<typeof CloudFacts>;
