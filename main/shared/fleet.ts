/** The words that daemon and workers say to each other by the broker. Fields that a newer Guts adds are ignored, kinds that it adds are told. */
import { z } from 'zod';
import { DestinationId, SourceId } from './connections.ts';
import { ErrorShape } from './errors-shape.ts';
import { Progress } from './jobs.ts';
import { DatastoreLatency, ReadPlace } from './latency.ts';
import { MigrationId, MigrationRequest } from './migration.ts';
import { NodeFacts, NodeId, Reach } from './schedule.ts';
import { SiteRules } from './site-rules.ts';

/** Grows with each change that an older Guts would get wrong. Neighbours understand each other. */
export const FLEET_PROTOCOL = 1;

const base64 = z.base64();
const at = z.iso.datetime();
/** Of an admission of a migration to a node; grows by one each time. */
export const FenceToken = z.number().int().positive();
export type FenceToken = z.infer<typeof FenceToken>;

/** A secret that one worker can open, for one migration and token. */
export const SealedBox = z.object({ ephemeral: base64, iv: base64, tag: base64, data: base64 });
export type SealedBox = z.infer<typeof SealedBox>;

/** An entry of a migration's journal, which only the engine understands. */
export const FleetEntry = z.looseObject({ what: z.string() });
export type FleetEntry = z.infer<typeof FleetEntry>;

const Admission = { migration: MigrationId, token: FenceToken };
/** With the site's own rules for preflight. */
const Work = { ...Admission, request: MigrationRequest, site: SiteRules };

/** Work for a node: durable, without secrets. What was done of it already is asked for at the truth. */
export const FleetJob = z.discriminatedUnion('kind', [
  /** Takes it to “queued”, or to “failed” where something stops it. */
  z.object({ kind: z.literal('preflight'), ...Work }),
  /** From wherever it stands to its end, to “paused” or to “waiting”. */
  z.object({
    kind: z.literal('run'),
    ...Work,
    /** Refs of those that it reads from. */
    datastores: z.array(z.string()).optional(),
    /** It sends nothing before the node has a share of the limits that names it. */
    isLimited: z.boolean().optional(),
  }),
  /** Undoes what was made. */
  z.object({ kind: z.literal('cancel'), ...Work }),
]);
export type FleetJob = z.infer<typeof FleetJob>;

/** What the daemon must not miss, and what only it knows. Each is answered. */
export const TruthQuestion = z.discriminatedUnion('kind', [
  /** The entry of this number, from 0 on in each migration's journal; it counts as written when the answer is “taken”. */
  z.object({
    kind: z.literal('entry'),
    ...Admission,
    node: NodeId,
    number: z.number().int().nonnegative(),
    entry: FleetEntry,
  }),
  /** Is the token still the current one? */
  z.object({ kind: z.literal('lease'), ...Admission, node: NodeId }),
  /** The journal as the truth has it, from this number on, in parts. */
  z.object({ kind: z.literal('journal'), ...Admission, node: NodeId, from: z.number().int().nonnegative() }),
  /** A connection with its secret. */
  z.object({
    kind: z.literal('credentials'),
    ...Admission,
    node: NodeId,
    connection: z.union([SourceId, DestinationId]),
  }),
  /** A job has come to its end; null where it went well. */
  z.object({
    kind: z.literal('ended'),
    ...Admission,
    node: NodeId,
    job: z.enum(['preflight', 'run', 'cancel']),
    error: ErrorShape.nullable(),
  }),
]);
export type TruthQuestion = z.infer<typeof TruthQuestion>;

export const TruthAnswer = z.discriminatedUnion('kind', [
  /** Nobody else is given the migration for so long, from when the question was sent. */
  z.object({ kind: z.literal('taken'), goodForMs: z.number().int().nonnegative() }),
  /** Another admission holds: whoever hears this stops, undoes nothing, and says nothing any more. */
  z.object({ kind: z.literal('fenced') }),
  /** Entries before this one are missing: they are to be sent from this number on. */
  z.object({ kind: z.literal('missing'), from: z.number().int().nonnegative() }),
  z.object({
    kind: z.literal('journal'),
    entries: z.array(FleetEntry),
    /** Where the next part begins; null where this was the last. */
    next: z.number().int().nonnegative().nullable(),
  }),
  z.object({ kind: z.literal('credentials'), sealed: SealedBox }),
  z.object({ kind: z.literal('failed'), error: ErrorShape }),
]);
export type TruthAnswer = z.infer<typeof TruthAnswer>;

/** Told to whoever listens, and worth nothing a little later. */
export const Told = z.discriminatedUnion('kind', [
  /** Every few seconds, of each worker: that it lives, who it is, and what it has. */
  z.object({
    kind: z.literal('heartbeat'),
    node: NodeId,
    /** The process: another one under the same name is told apart. */
    incarnation: z.string(),
    at,
    version: z.string(),
    tags: z.array(z.string()),
    /** Sources and destinations that it reaches, as it has measured. */
    reach: z.array(Reach),
    slots: z.number().int().nonnegative(),
    isDraining: z.boolean(),
    facts: NodeFacts.omit({ running: true }),
    running: z.array(z.object({ ...Admission, bytesPerSecond: z.number().nonnegative() })),
    /** To be sealed to, in base64, with what vouches for it by the join key. */
    publicKey: base64,
    vouched: base64,
  }),
  z.object({ kind: z.literal('progress'), ...Admission, node: NodeId, progress: Progress }),
  z.object({
    kind: z.literal('latencies'),
    node: NodeId,
    source: SourceId,
    latencies: z.array(DatastoreLatency),
    /** It tells no more: why the source never does, or what went wrong. */
    ended: z.object({ obstacle: z.string().nullable(), error: ErrorShape.nullable() }).optional(),
  }),
  /** A worker that was not let in, because another node has its name. */
  z.object({
    kind: z.literal('turnedAway'),
    node: NodeId,
    host: z.string().max(255),
    at,
    publicKey: base64,
    vouched: base64,
  }),
  /** It ends on purpose, and nothing runs on it any more. */
  z.object({ kind: z.literal('left'), node: NodeId, at }),
]);
export type Told = z.infer<typeof Told>;
export type Heartbeat = Extract<Told, { kind: 'heartbeat' }>;
export type Latencies = Extract<Told, { kind: 'latencies' }>;

const bytesPerSecond = z.number().int().positive().nullable();

/** An address that a node shall try to connect to; there is no secret in it. */
export const LookTarget = z.object({
  connection: z.union([SourceId, DestinationId]),
  host: z.string().min(1),
  port: z.number().int().min(1).max(65_535),
  proxy: z.url().nullable(),
});
export type LookTarget = z.infer<typeof LookTarget>;

/** What is wished of a node now; each is answered, and asked again where no answer comes. Twice is the same as once. */
export const Wish = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('pause'), ...Admission }),
  z.object({ kind: z.literal('cancel'), ...Admission }),
  /** Takes nothing new; what runs goes on, or is paused. */
  z.object({ kind: z.literal('drain'), isDraining: z.boolean(), pauses: z.boolean() }),
  /** The node's share of all limits, in place of the one before; null is no limit. Migrations that are limited and not named stand still. */
  z.object({
    kind: z.literal('bandwidth'),
    all: bytesPerSecond,
    perSource: z.record(SourceId, bytesPerSecond),
    perDatastore: z.array(z.object({ source: SourceId, datastore: z.string(), rate: bytesPerSecond })),
    perMigration: z.record(MigrationId, bytesPerSecond),
    /** Afterwards nothing is sent until another share has come; null for ever. */
    forMs: z.number().int().positive().nullable(),
  }),
  /** Tells latencies for so long, unless it is wished again. */
  z.object({
    kind: z.literal('watchLatency'),
    source: SourceId,
    places: z.array(ReadPlace),
    everyMs: z.number().int().positive(),
    forMs: z.number().int().positive(),
  }),
  /** Measures from now on whether it reaches these, and only these; the heartbeats tell what it found. */
  z.object({
    kind: z.literal('look'),
    targets: z.array(LookTarget),
    /** So often it tells how far its disks are; each second where that is not said. */
    progressEveryMs: z.number().int().min(1000).max(60_000).optional(),
  }),
]);
export type Wish = z.infer<typeof Wish>;

export const WishAnswer = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('done') }),
  /** Not under this token, or not any more. */
  z.object({ kind: z.literal('notHere') }),
  z.object({ kind: z.literal('failed'), error: ErrorShape }),
]);
export type WishAnswer = z.infer<typeof WishAnswer>;
