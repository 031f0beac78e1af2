/** The words for when and where migrations run: wishes of the operator, settings of the scheduler, nodes, and what a migration waits for. */
import { z } from 'zod';
import { DestinationId, SourceId } from './connections.ts';
import { ErrorShape } from './errors-shape.ts';
import { Progress } from './jobs.ts';
import { MigrationId, MigrationRecord } from './migration.ts';
import { NodeId } from './node-id.ts';

export { NodeId } from './node-id.ts';

export const PlanId = z
  .string()
  .regex(/^pln_[0-9a-z]{12}$/)
  .brand<'PlanId'>();
export type PlanId = z.infer<typeof PlanId>;

/** Open from each moment of `opens` for `minutes`: `0 22 * * 1-5` for 360 minutes is 22:00 to 04:00 on workdays. */
export const TimeWindow = z.object({
  /** Five fields of cron: minute, hour, day of month, month, day of week. */
  opens: z.string().min(1).max(200),
  minutes: z
    .number()
    .int()
    .min(1)
    .max(7 * 24 * 60),
  /** By its IANA name, such as `Europe/Berlin`; clocks that change are followed. */
  timeZone: z.string().min(1).max(64),
});
export type TimeWindow = z.infer<typeof TimeWindow>;

/** When a migration may start; all of it must hold. What runs already is not stopped by a window that closes. */
export const Schedule = z.object({
  /** Higher goes first; equals go by age. */
  priority: z.number().int().min(-1000).max(1000),
  notBefore: z.iso.datetime().nullable(),
  window: TimeWindow.nullable(),
  /** Waves of a plan go one after another: no machine of wave 2 starts before all of wave 1 are over. */
  plan: PlanId.nullable(),
  wave: z.number().int().min(1).max(10_000),
  /** Migrations that must be done first; one that fails or is cancelled keeps this one waiting. */
  after: z.array(MigrationId).max(100),
  /** Waits until somebody lets it go. */
  isHeld: z.boolean(),
  /** Only on one of these nodes; empty is any that the source allows. */
  nodes: z.array(NodeId).max(100),
});
export type Schedule = z.infer<typeof Schedule>;

export const defaultSchedule: Schedule = {
  priority: 0,
  notBefore: null,
  window: null,
  plan: null,
  wave: 1,
  after: [],
  isHeld: false,
  nodes: [],
};

/** Why a migration in the queue does not run yet, for people and for programs. */
export const WaitsFor = z.object({
  reason: z.enum(['hold', 'notBefore', 'window', 'wave', 'after', 'slot', 'space', 'node', 'trouble', 'turn']),
  says: z.string(),
  /** When it will be looked at again, where that is known. */
  until: z.iso.datetime().nullable(),
});
export type WaitsFor = z.infer<typeof WaitsFor>;

/** On which node a migration runs, and why there. */
export const Placement = z.object({ node: NodeId, reason: z.string(), reservedBytes: z.number().int().nonnegative() });
export type Placement = z.infer<typeof Placement>;

/** Why a migration is copied more slowly than it could be. */
export const SlowedBy = z.object({
  says: z.string(),
  /** Ref of the datastore. */
  datastore: z.string(),
  /** How long reads from it took when it was slowed last. */
  milliseconds: z.number().nonnegative(),
  /** Of all that is read from that datastore together. */
  bytesPerSecond: z.number().int().positive(),
});
export type SlowedBy = z.infer<typeof SlowedBy>;

/** A migration as the scheduler sees it. */
export const ScheduledMigration = MigrationRecord.extend({
  /** Null where it was never put into the queue. */
  schedule: Schedule.nullable(),
  /** Somebody asked for it to run, and it is not over. */
  isQueued: z.boolean(),
  waitsFor: WaitsFor.nullable(),
  placement: Placement.nullable(),
  slowedBy: SlowedBy.nullable(),
  /** Of each disk that is being copied, by its index; empty where nothing is. */
  progress: z.array(Progress),
});
export type ScheduledMigration = z.infer<typeof ScheduledMigration>;

/** A fleet of a thousand workers runs some thousands at once. */
export const MOST_SLOTS = 10_000;
const slots = z.number().int().min(1).max(MOST_SLOTS);
const bytesPerSecond = z
  .number()
  .int()
  .min(64 * 1024)
  .max(1e12)
  .nullable();

/** Bytes per second to the destinations; null is no limit. The first row of the table that holds is taken, else `otherwise`. */
export const BandwidthLimit = z.object({
  otherwise: bytesPerSecond,
  table: z.array(z.object({ when: TimeWindow, bytesPerSecond })).max(100),
});
export type BandwidthLimit = z.infer<typeof BandwidthLimit>;

export const SchedulerSettings = z.object({
  /** Migrations that run at the same time; every two disks of a machine count as one more for hosts and datastores. */
  slots: z.object({ global: slots, perSource: slots, perHost: slots, perDatastore: slots, perDestination: slots }),
  /** Preflights that run at the same time, besides. */
  preflights: slots,
  bandwidth: z.object({
    global: BandwidthLimit,
    perSource: z.record(SourceId, BandwidthLimit),
    perMigration: BandwidthLimit,
  }),
  /**
   * Back-off: what is copied from a datastore is slowed while reads from it take longer than this, as the source tells; null
   * never slows.
   */
  latency: z.object({ mostMilliseconds: z.number().int().min(1).max(60_000).nullable() }),
  /** Nodes that may read from a source; a source that is not named may be read by all. */
  nodesOfSource: z.record(SourceId, z.array(NodeId)),
  /** Nobody starts anything as long as this holds. */
  isPaused: z.boolean(),
});
export type SchedulerSettings = z.infer<typeof SchedulerSettings>;

export const noLimit: BandwidthLimit = { otherwise: null, table: [] };
export const defaultSettings: SchedulerSettings = {
  slots: { global: 4, perSource: 4, perHost: 2, perDatastore: 2, perDestination: 4 },
  preflights: 2,
  bandwidth: { global: noLimit, perSource: {}, perMigration: noLimit },
  latency: { mostMilliseconds: 30 }, // at which vSphere's own Storage I/O Control takes a datastore for congested
  nodesOfSource: {},
  isPaused: false,
};

/** Whether a node could connect to a source or a destination, through its proxy where it has one, when it tried last. */
export const Reach = z.object({
  connection: z.union([SourceId, DestinationId]),
  isReached: z.boolean(),
  /** How long it took to connect; null where it did not. */
  milliseconds: z.number().nonnegative().nullable(),
  at: z.iso.datetime(),
});
export type Reach = z.infer<typeof Reach>;

/** Where migrations can run: this machine, or one of the workers. */
export const NodeFacts = z.object({
  id: NodeId,
  host: z.string(),
  isAlive: z.boolean(),
  /** Conversion space: what the node may use for staging, what of it is free, and what is promised to running migrations. */
  space: z.object({
    folder: z.string(),
    totalBytes: z.number().nonnegative(),
    freeBytes: z.number().nonnegative(),
    reservedBytes: z.number().nonnegative(),
  }),
  running: z.array(MigrationId),
  processors: z.number().int().positive(),
  memoryBytes: z.number().nonnegative(),
  seenAt: z.iso.datetime(),
  /** Of workers: what they were called besides their names, and which Guts they are. */
  tags: z.array(z.string()).optional(),
  version: z.string().optional(),
  /** Migrations that it runs at the same time, at most. */
  slots: z.number().int().nonnegative().optional(),
  /** It is given nothing new. */
  isDraining: z.boolean().optional(),
  /** What its copies send to destinations right now. */
  bytesPerSecond: z.number().nonnegative().optional(),
  /** Its share of what all nodes together may send, as it goes by; null where nothing is limited, or nothing runs there. */
  limitBytesPerSecond: z.number().nonnegative().nullable().optional(),
  /** What a migration from a source sent there, of late and on average. */
  moved: z.array(z.object({ source: SourceId, bytesPerSecond: z.number().nonnegative() })).optional(),
  /** What is not named was not measured yet, and counts as reached. */
  reach: z.array(Reach).optional(),
});
export type NodeFacts = z.infer<typeof NodeFacts>;

/** A part of Guts that runs somewhere, as `guts service list` has shown them since 2015. */
export const ServiceFacts = z.object({
  id: z.string(),
  binary: z.enum(['guts-api', 'guts-scheduler', 'guts-migration']),
  host: z.string(),
  status: z.enum(['enabled', 'disabled']),
  state: z.enum(['up', 'down']),
  updatedAt: z.iso.datetime(),
});
export type ServiceFacts = z.infer<typeof ServiceFacts>;

/** How a wish for several migrations went, one by one. */
export const ActionResult = z.object({ id: MigrationId, error: ErrorShape.nullable() });
export type ActionResult = z.infer<typeof ActionResult>;

/** What is counted against the slots. */
export const SlotUse = z.object({
  source: SourceId,
  destination: DestinationId,
  /** Ref of the host; null where the source does not say. */
  host: z.string().nullable(),
  datastores: z.array(z.string()),
  disks: z.number().int().nonnegative(),
  /** Bytes that the chosen route keeps on the node for a while. */
  spaceBytes: z.number().int().nonnegative(),
});
export type SlotUse = z.infer<typeof SlotUse>;
