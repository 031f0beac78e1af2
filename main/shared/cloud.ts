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
});
export type CloudNetwork = z.infer<typeof CloudNetwork>;

/** What may be used and what is; null is no limit, or one that the cloud does not show. */
export const Quota = z.object({ limit: z.number().nullable(), used: z.number() });
export type Quota = z.infer<typeof Quota>;

export const CloudFacts = z.object({
  project: z.object({ id, name: z.string() }),
  flavors: z.array(Flavor),
  networks: z.array(CloudNetwork),
  securityGroups: z.array(z.object({ id, name: z.string() })),
  keyPairs: z.array(z.string()),
  availabilityZones: z.array(z.string()),
  serverGroups: z.array(z.object({ id, name: z.string() })),
  /** Empty where the cloud has no volume service; see `hasVolumes`. */
  volumeTypes: z.array(z.object({ name: z.string(), isDefault: z.boolean() })),
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
  /** MAC and fixed addresses of ports that are there, as far as this project may see them. */
  ports: z.array(z.object({ id, mac: z.string(), network: id, addresses: z.array(z.string()) })),
  /** Whether this user may make flavors. */
  mayCreateFlavors: z.boolean(),
});
export type CloudFacts = z.infer<typeof CloudFacts>;
