/** What can be asked about plans that go to another Guts: by whoever wants it, and by the other side. */
import { z } from 'zod';
import { Carried, Handover, HandoverId, Offer, Peer, PeerWish, TakenEnds } from '../handover.ts';
import { MigrationId } from '../migration.ts';
import { Plan, WaveNumber } from '../plans.ts';
import { operation, type Operation, which, none } from './operation.ts';

const handover = z.object({ handover: HandoverId });
const waves = z
  .array(WaveNumber)
  .min(1)
  .max(1000)
  .optional()
  .describe('only these waves of it; left out: all that the giving side has of it');
const withPeer = z.object({ plan: which, waves, peer: PeerWish });
const wanted = z.object({ handover: HandoverId, plan: which, waves, taker: Peer });

/** Waves of the plan of which something is not over on the side that is asked, as far as it knows. */
export const OpenWaves = z.object({
  open: z.array(WaveNumber),
  isAwaiting: z.boolean().describe('it waits for waves of the other side, and wants to be told of them'),
});
export type OpenWaves = z.infer<typeof OpenWaves>;

/** What would go and what would stay, and what keeps the other side from taking it. */
export const HandoverLook = z.object({
  plan: z.object({ name: z.string(), machines: z.number().int() }),
  goes: z.array(z.object({ id: MigrationId, vm: z.string(), says: z.string() })),
  stays: z.array(z.object({ id: MigrationId, vm: z.string(), says: z.string() })),
  obstacles: z.array(z.object({ code: z.string(), message: z.string(), remedy: z.string() })),
  /** Connections that the taking side lacks, and is sent with their passwords. */
  sends: z.array(z.string()).default([]),
});
export type HandoverLook = z.infer<typeof HandoverLook>;

export const handoverOperations = {
  'handovers.list': operation({
    method: 'GET',
    path: '/v1/handovers',
    input: none,
    output: z.object({ handovers: z.array(Handover) }),
    role: 'viewer',
    summary: 'Plans that were given to another Guts, or taken from one',
  }),
  'handovers.show': operation({
    method: 'GET',
    path: '/v1/handovers/{handover}',
    input: handover,
    output: Handover,
    role: 'viewer',
    summary: 'One hand-over, and how far each migration has come',
  }),
  'handovers.look': operation({
    method: 'POST',
    path: '/v1/handovers/look',
    input: withPeer.extend({ direction: z.enum(['give', 'take']), withSecrets: z.boolean().default(false) }),
    output: HandoverLook,
    role: 'operator',
    isLook: true,
    summary: 'What of a plan would go to another Guts or come from there, what would stay, and why; nothing is changed',
  }),
  'handovers.give': operation({
    method: 'POST',
    path: '/v1/handovers/give',
    input: withPeer.extend({
      withSecrets: z
        .boolean()
        .default(false)
        .describe('connections that the other side lacks are made there, with their passwords'),
    }),
    output: Handover,
    role: 'admin',
    status: 202,
    summary:
      'Give a plan, or waves of it, to another Guts, with its migrations; nothing that was copied is copied again',
  }),
  'handovers.take': operation({
    method: 'POST',
    path: '/v1/handovers/take',
    input: withPeer,
    output: Handover,
    role: 'admin',
    status: 202,
    summary: 'Take a plan, or waves of it, from another Guts, with its migrations',
  }),
  'handovers.offer': operation({
    method: 'POST',
    path: '/v1/handovers/offer',
    input: wanted,
    output: Offer,
    role: 'operator',
    isLook: true,
    summary: 'Asked by the other side: what would go; nothing is changed',
  }),
  'handovers.reserve': operation({
    method: 'POST',
    path: '/v1/handovers/reserve',
    input: z.object({ offer: Offer, isDry: z.boolean().default(false) }),
    output: z.object({ ends: TakenEnds }),
    role: 'operator',
    summary: 'Asked by the other side: check that each could be taken, and keep their ids for it',
  }),
  'handovers.rest': operation({
    method: 'POST',
    path: '/v1/handovers/rest',
    input: wanted,
    output: Handover,
    role: 'operator',
    summary: 'Asked by the other side: bring to rest what is to go, and say how far that is',
  }),
  'handovers.release': operation({
    method: 'POST',
    path: '/v1/handovers/{handover}/release',
    input: handover.extend({ migration: MigrationId.nullable().describe('null is the plan itself') }),
    output: z.object({ plan: Plan.nullable(), carried: Carried.nullable() }),
    role: 'operator',
    summary: 'Asked by the other side: write down that it is given, then hand it over; again, the same is answered',
  }),
  'handovers.receive': operation({
    method: 'POST',
    path: '/v1/handovers/{handover}/receive',
    input: handover.extend({ plan: Plan.nullable(), carried: Carried.nullable() }),
    output: Handover,
    role: 'operator',
    summary: 'Asked by the other side: take what was given; again, nothing is changed',
  }),
  'handovers.close': operation({
    method: 'POST',
    path: '/v1/handovers/{handover}/close',
    input: handover.extend({ isRefused: z.boolean().default(false) }),
    output: Handover,
    role: 'operator',
    summary: 'Asked by the other side: all that could go has gone',
  }),
  'handovers.waves': operation({
    method: 'GET',
    path: '/v1/handovers/{handover}/waves',
    input: handover,
    output: OpenWaves,
    role: 'operator',
    summary: 'Asked by the other side: which waves of the plan are not over here',
  }),
  'handovers.tellWaves': operation({
    method: 'POST',
    path: '/v1/handovers/{handover}/waves',
    input: handover.extend({ open: z.array(WaveNumber).max(10_000) }),
    output: OpenWaves,
    role: 'operator',
    summary: 'Told by the other side: which waves of the plan are not over there; later ones wait for them here',
  }),
} satisfies Readonly<Record<string, Operation>>;
