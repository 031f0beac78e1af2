/** The words for one machine's journey from a source to a destination: what was asked for, what was planned, what became of it. */
import { z } from 'zod';
import { DestinationId, SourceId } from './connections.ts';
import { Proof } from './converted-disk.ts';
import { ErrorShape } from './errors-shape.ts';
import { Given } from './given.ts';
import { MachineRef } from './machine-ref.ts';
import { MigrationOptions, Profile, Reading } from './migration-options.ts';
import { Finding } from './preflight.ts';
import { Stage } from './stages.ts';

export {
  defaultOptions,
  MigrationOptions,
  NetworkChoice,
  NodeTag,
  Profile,
  ProposedFor,
  Reading,
} from './migration-options.ts';

export const MigrationId = z
  .string()
  .regex(/^mig_[0-9a-z]{12}$/)
  .brand<'MigrationId'>();
export type MigrationId = z.infer<typeof MigrationId>;

export const MigrationRequest = z.object({
  id: MigrationId,
  source: SourceId,
  destination: DestinationId,
  vm: MachineRef,
  options: MigrationOptions,
  createdAt: z.iso.datetime(),
});
export type MigrationRequest = z.infer<typeof MigrationRequest>;

/** A choice that Guts made for the operator, and why. */
const Chosen = <T extends z.ZodType>(value: T) => z.object({ value, reason: z.string() });

export const PlannedDisk = z.object({
  key: z.string(),
  label: z.string(),
  sizeBytes: z.number().int().nonnegative(),
  /** Whole GiB that an image or volume of it needs. */
  sizeGiB: z.number().int().positive(),
  reading: Chosen(Reading),
  imageFormat: Chosen(z.enum(['qcow2', 'raw'])),
  volumeType: z.string().nullable(),
  /** 0 boots first; null is never booted from. */
  bootIndex: z.number().int().nonnegative().nullable(),
  /** Left out where it is on the bus of the image, `hw_disk_bus`. */
  bus: z.enum(['sata']).optional(),
});
export type PlannedDisk = z.infer<typeof PlannedDisk>;

export const PlannedPort = z.object({
  nicKey: z.string(),
  label: z.string(),
  networkId: z.string(),
  networkName: z.string(),
  /** Null lets the cloud choose. */
  mac: z.string().nullable(),
  fixedIps: z.array(z.object({ subnetId: z.string(), address: z.string() })),
  /** Addresses of the guest that its MAC gives the port unasked; left out where there are none. */
  ipsByMac: z.array(z.string()).optional(),
  /** `off`: it is made without port security; `offByNetwork`: its network has none. Left out where the port is guarded. */
  portSecurity: z.enum(['off', 'offByNetwork']).optional(),
  /** What it may send from besides; left out where there is nothing. */
  addressPairs: z.array(z.string()).optional(),
});
export type PlannedPort = z.infer<typeof PlannedPort>;

/** Everything that will be made, decided before anything is. */
export const MigrationPlan = z.object({
  targetName: z.string(),
  profile: Chosen(Profile),
  flavor: Chosen(z.object({ id: z.string().nullable(), name: z.string() })),
  /** Image properties by Glance's names: `hw_disk_bus`, `hw_firmware_type`, `os_type` … */
  imageProperties: z.record(z.string(), z.string()),
  disks: z.array(PlannedDisk),
  ports: z.array(PlannedPort),
  securityGroupIds: z.array(z.string()),
  floatingNetworkId: z.string().nullable(),
  serverGroupId: z.string().nullable(),
});
export type MigrationPlan = z.infer<typeof MigrationPlan>;

/** Something that a migration made or changed and must be able to undo. */
export const LedgerItem = z.object({
  /** Unique within the migration: `image:2000`, `port:4000`, `server`. */
  key: z.string(),
  side: z.enum(['source', 'destination']),
  kind: z.enum([
    'snapshot',
    'lease',
    'power',
    'changeTracking',
    'image',
    'volume',
    'port',
    'floatingIp',
    'flavor',
    'server',
  ]),
  /** The name that it gets on its side, by which it is found when its id never came back. */
  name: z.string(),
  /** On its side; null as long as it is not known to have been made. */
  id: z.string().nullable(),
  /** What putting it back takes: the power state before, the machine of a snapshot. */
  facts: z.record(z.string(), z.string()),
});
export type LedgerItem = z.infer<typeof LedgerItem>;

export const MovedDisk = z.object({
  key: z.string(),
  label: z.string(),
  sizeBytes: z.number().int().nonnegative(),
  reading: Reading,
  route: z.enum(['carry-over', 'blocks', 'stream']),
  imageFormat: z.enum(['qcow2', 'raw']),
  /** From the source over the wire, to the destination over the wire, and never read because nothing is there. */
  readBytes: z.number().int().nonnegative(),
  sentBytes: z.number().int().nonnegative(),
  skippedBytes: z.number().int().nonnegative(),
  seconds: z.number().nonnegative(),
  /** Of the image as it was sent, and as Glance reports it. */
  sha512: z.string(),
  imageId: z.string(),
  volumeId: z.string().nullable(),
  proofs: z.array(Proof),
  /** Why it was sent anew, each time; nothing of those before was used. */
  setbacks: z.array(z.object({ at: z.iso.datetime(), error: ErrorShape })).optional(),
});
export type MovedDisk = z.infer<typeof MovedDisk>;

export const BootCheck = z.object({
  /** `running`: a sign of the guest was seen; `unknown`: none in time, and no failure either; `notWatched`. */
  verdict: z.enum(['running', 'unknown', 'notWatched']),
  evidence: z.string(),
  /** The console's last lines. */
  console: z.array(z.string()),
});
export type BootCheck = z.infer<typeof BootCheck>;

export const MigrationOutcome = z.object({
  serverId: z.string(),
  serverName: z.string(),
  flavor: z.string(),
  ports: z.array(
    z.object({ id: z.string(), mac: z.string(), addresses: z.array(z.string()), floating: z.string().nullable() }),
  ),
  disks: z.array(MovedDisk),
  boot: BootCheck,
  proofs: z.array(Proof),
  /** From the moment the machine stopped until its server was active; null where it was not running before. */
  downtimeSeconds: z.number().nonnegative().nullable(),
  seconds: z.number().nonnegative(),
  warnings: z.array(z.string()),
});
export type MigrationOutcome = z.infer<typeof MigrationOutcome>;

/** A time that the machine was off for its migration. */
export const MachineStop = z.object({
  at: z.iso.datetime(),
  /** When it was started again at the source; null where it was not, or nobody noted when. */
  againAt: z.iso.datetime().nullable(),
});
export type MachineStop = z.infer<typeof MachineStop>;

/** A stage when it was entered, and the trouble that led there, where some did. */
export const ReachedStage = z.object({
  at: z.iso.datetime(),
  stage: Stage,
  error: ErrorShape.optional(),
  /** The worker that entered it; without it, this machine. */
  node: z.string().optional(),
});
export type ReachedStage = z.infer<typeof ReachedStage>;

/** A migration as it stands, folded from its journal. */
export const MigrationRecord = z.object({
  request: MigrationRequest,
  stage: Stage,
  /** The process that works on it is alive; a stage between start and end without one was interrupted. */
  isRunning: z.boolean(),
  stages: z.array(ReachedStage),
  findings: z.array(Finding),
  plan: MigrationPlan.nullable(),
  disks: z.array(MovedDisk),
  /** Since when the machine is off for its migration, and stays off while that is paused; null where it is as it was found. */
  stoppedAt: z.iso.datetime().nullable(),
  /** Every time that it was stopped, also those that are over. */
  stops: z.array(MachineStop),
  /** What still has to be undone or kept: empty after cancelling, and after a failure that could clean up. */
  ledger: z.array(LedgerItem),
  outcome: MigrationOutcome.nullable(),
  /** Why it has failed, or what it waits for to pass. */
  error: ErrorShape.nullable(),
  /** Another Guts has it; left out where it is here. */
  given: Given.optional(),
});
export type MigrationRecord = z.infer<typeof MigrationRecord>;

/** The name under which things of this migration can be recognised on either side. */
export const tagOf = (id: MigrationId): string => `guts-${id}`;
/** What every tag begins with; `guts tidy` looks for it. */
export const TAG_PREFIX = 'guts-mig_';
