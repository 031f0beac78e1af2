/** The words for a plan that goes from one Guts to another with its migrations: who gives, who takes, and how far each has come. */
import { z } from 'zod';
import { DestinationConnection, DestinationId, SourceConnection, SourceId } from './connections.ts';
import { EngineToken, EngineUrl } from './engines.ts';
import { ErrorShape } from './errors-shape.ts';
import { HandoverId, Peer } from './given.ts';
import { MigrationId } from './migration.ts';
import { Plan, WaveNumber } from './plans.ts';
import { PlanId, Schedule } from './schedule.ts';
import { Trust } from './trust.ts';

/** How to reach the other side, with a token of it, which goes into the vault until the hand-over is over. */
export const PeerWish = z.object({
  name: Peer.shape.name,
  url: EngineUrl,
  trust: Trust.default({ kind: 'system' }),
  token: EngineToken.meta({ writeOnly: true }),
});
export type PeerWish = z.infer<typeof PeerWish>;

export { Given, HandoverId, Peer } from './given.ts';

/**
 * `waits`: it is being brought to rest, and is the giver's; `ready`: it is at rest there; `given`: the giver has written down that it is not its own any more;
 * `taken`: the taker has it, and its place in the queue; `stays`: it goes on where it is.
 */
export const PartState = z.enum(['waits', 'ready', 'given', 'taken', 'stays']);
export type PartState = z.infer<typeof PartState>;

export const HandoverPart = z.object({
  id: MigrationId,
  vm: z.string(),
  /** Earlier ones go first. */
  wave: WaveNumber.default(1),
  /** It was in the queue, and goes on in the other one. */
  isWished: z.boolean(),
  state: PartState,
  /** Why it stays, or waits. */
  says: z.string().nullable(),
});
export type HandoverPart = z.infer<typeof HandoverPart>;

export const Handover = z.object({
  id: HandoverId,
  side: z.enum(['giver', 'taker']),
  /** This side asks the other one, and goes on with it after a restart. */
  isActive: z.boolean(),
  peer: Peer,
  plan: z.object({ id: PlanId, name: z.string() }),
  /** All that the giver has of the plan goes; otherwise only these waves do. */
  isWhole: z.boolean().default(true),
  waves: z.array(WaveNumber).default([]),
  /** Whether the plan itself has changed hands, or those waves of it. */
  isPlanOver: z.boolean(),
  parts: z.array(HandoverPart),
  state: z.enum(['open', 'done', 'refused']),
  /** Why it was refused, or what it waits for. */
  error: ErrorShape.nullable(),
  at: z.iso.datetime(),
});
export type Handover = z.infer<typeof Handover>;

/** The two ends of a plan as the giver knows them, without secrets. */
export const Ends = z.object({ source: SourceConnection, destination: DestinationConnection });
export type Ends = z.infer<typeof Ends>;

export const WaveStanding = z.object({ wave: WaveNumber, isOpen: z.boolean() });
export type WaveStanding = z.infer<typeof WaveStanding>;

/** What the giver shows the taker before anything is changed. */
export const Offer = z.object({
  id: HandoverId,
  version: z.string(),
  contract: z.number().int().positive(),
  giver: Peer,
  /** With the machines of those waves alone. */
  plan: Plan,
  isWhole: Handover.shape.isWhole,
  waves: Handover.shape.waves,
  /** Waves of the plan that do not go, and whether something of them is not over. */
  others: z.array(WaveStanding).default([]),
  ends: Ends,
  parts: z.array(HandoverPart),
  /** The most conversion space that one of them takes; 0 where that is not known. */
  mostSpaceBytes: z.number().nonnegative(),
});
export type Offer = z.infer<typeof Offer>;

/** The taker’s own connections that are the same as the giver’s. */
export const TakenEnds = z.object({ source: SourceId, destination: DestinationId });
export type TakenEnds = z.infer<typeof TakenEnds>;

/** A migration on its way: its journal whole, and where it stood in the queue. */
export const Carried = z.object({
  id: MigrationId,
  lines: z.array(z.record(z.string(), z.unknown())).min(1).max(1_000_000),
  schedule: Schedule.nullable(),
  isWished: z.boolean(),
});
export type Carried = z.infer<typeof Carried>;
