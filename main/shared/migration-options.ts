/** What the operator wants of one machine’s move; everything that may be left to Guts can be. */
import { z } from 'zod';

/**
 * How a disk is read. Of vSphere: a lease's stream, ranges over the datastore's file, or ranges of what is allocated only.
 * Of Hyper-V: the blocks that the disk's own file (with its parents) has.
 */
export const Reading = z.enum(['lease', 'ranges', 'areas', 'file']);
export type Reading = z.infer<typeof Reading>;

/** `virtio` is fast and needs drivers in the guest; `compatible` keeps to what a guest of the source's hypervisor knows. */
export const Profile = z.enum(['virtio', 'compatible']);
export type Profile = z.infer<typeof Profile>;

/** What spoke for a network that Guts proposed; `only`: there is no other that a server can be on. */
export const ProposedFor = z.enum(['name', 'vlan', 'subnet', 'only']);
export type ProposedFor = z.infer<typeof ProposedFor>;

export const NetworkChoice = z.object({
  /** Name or ref of a network of the source; null for all cards that no other choice is about. */
  from: z.string().min(1).nullable(),
  /** Name or id of a network of the cloud. */
  to: z.string().min(1),
  /** `keep` takes the guest's addresses along where the subnet has them, `auto` lets the cloud choose; or an address. */
  ip: z.union([z.enum(['keep', 'auto']), z.ipv4(), z.ipv6()]),
  /** Where Guts proposed it and nobody changed it; left out where somebody chose. */
  proposed: ProposedFor.optional(),
  /** `false` makes the port without port security: nothing is dropped, and no security group guards it. As its network has it, where left out. */
  portSecurity: z.literal(false).optional(),
  /** Addresses (or ranges in CIDR) that the port may send from and that are not its own: they do not become its fixed addresses. */
  addressPairs: z.array(z.string().min(1)).optional(),
});
export type NetworkChoice = z.infer<typeof NetworkChoice>;

/** What a worker is called besides its name, by its “--tags”. */
export const NodeTag = z.string().min(1).max(63).regex(/^\S+$/);

export const MigrationOptions = z.object({
  /** Name of the new server; null keeps the machine's. */
  targetName: z.string().min(1).nullable(),
  reading: z.union([z.literal('auto'), Reading]),
  /** A running machine is shut down first, or copied as it runs (which is only crash-consistent). */
  whileRunning: z.enum(['shutDown', 'snapshot']),
  shutDownTimeoutSeconds: z.number().int().positive(),
  /** Consent to pull the plug on a guest that does not shut down in time, or cannot be asked. */
  mayPullPlug: z.boolean(),
  imageFormat: z.enum(['auto', 'qcow2', 'raw']),
  boot: z.enum(['image', 'volume']),
  volumeType: z.string().min(1).nullable(),
  keepImages: z.boolean(),
  /** Name or id; null takes the smallest that fits. */
  flavor: z.string().min(1).nullable(),
  createFlavor: z.boolean(),
  networks: z.array(NetworkChoice),
  keepMac: z.boolean(),
  securityGroups: z.array(z.string().min(1)),
  /** Addresses (or ranges in CIDR) that ports may send from besides their own. */
  addressPairs: z.array(z.string().min(1)),
  /** Name or id of an external network to take a floating address from. */
  floatingNetwork: z.string().min(1).nullable(),
  profile: z.union([z.literal('auto'), Profile]),
  availabilityZone: z.string().min(1).nullable(),
  keyPair: z.string().min(1).nullable(),
  serverGroup: z.string().min(1).nullable(),
  userData: z.string().nullable(),
  /** How long the new server's console is watched for a sign that the guest runs; 0 does not watch. */
  bootTimeoutSeconds: z.number().int().nonnegative(),
  /** A text that the console must show for the guest to count as running; null takes any login prompt. */
  consoleMarker: z.string().min(1).nullable(),
  /** A TCP port that must answer on the server's address; null does not try. */
  reachablePort: z.number().int().min(1).max(65_535).nullable(),
  /** Ids of findings that warn and were accepted; `all` accepts every warning. */
  accept: z.union([z.literal('all'), z.array(z.string())]),
  /** Only on nodes that have all of these tags; left out is any. */
  nodeTags: z.array(NodeTag).max(20).optional(),
});
export type MigrationOptions = z.infer<typeof MigrationOptions>;

export const defaultOptions: MigrationOptions = {
  targetName: null,
  reading: 'auto',
  whileRunning: 'shutDown',
  shutDownTimeoutSeconds: 300,
  mayPullPlug: false,
  imageFormat: 'auto',
  boot: 'image',
  volumeType: null,
  keepImages: false,
  flavor: null,
  createFlavor: false,
  networks: [],
  keepMac: true,
  securityGroups: [],
  addressPairs: [],
  floatingNetwork: null,
  profile: 'auto',
  availabilityZone: null,
  keyPair: null,
  serverGroup: null,
  userData: null,
  bootTimeoutSeconds: 180,
  consoleMarker: null,
  reachablePort: null,
  accept: 'all',
  nodeTags: [],
};
