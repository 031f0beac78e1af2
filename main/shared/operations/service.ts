/** What can be asked about Guts itself: nodes, services, settings, what was left behind. */
import { z } from 'zod';
import { Caller } from '../access.ts';
import { TidyResult } from '../move-jobs.ts';
import { NodeFacts, NodeId, SchedulerSettings, ServiceFacts } from '../schedule.ts';
import { VaultStatus } from '../vault.ts';
import { operation, type Operation, which, none } from './operation.ts';

export const Session = z.object({
  /** Who asks, as Guts knows them. */
  caller: Caller,
  version: z.string(),
  /** By it clients know whether they and this Guts understand each other. */
  contract: z.number().int().positive().default(1),
  vault: VaultStatus,
});
export type Session = z.infer<typeof Session>;

export const serviceOperations = {
  'session.show': operation({
    method: 'GET',
    path: '/v1/session',
    input: none,
    output: Session,
    role: 'viewer',
    summary: 'Who asks, what they may do, which Guts answers, and where it keeps secrets',
  }),
  'tidy.run': operation({
    method: 'POST',
    path: '/v1/tidy',
    input: z.object({
      sources: z.array(which).optional(),
      destinations: z.array(which).optional(),
      remove: z.boolean().default(false),
      alsoUnknown: z.boolean().default(false),
    }),
    output: TidyResult,
    role: 'operator',
    summary: 'Things on either side that carry our tag and that no migration needs any more',
  }),
  'nodes.list': operation({
    method: 'GET',
    path: '/v1/nodes',
    input: none,
    output: z.object({ nodes: z.array(NodeFacts) }),
    role: 'viewer',
    summary: 'Where migrations can run, and how much conversion space is free there',
  }),
  'nodes.drain': operation({
    method: 'POST',
    path: '/v1/nodes/{node}/drain',
    input: z.object({
      node: NodeId,
      /** False gives it work again. */
      isDraining: z.boolean().default(true),
      /** What runs there is paused where it can be, and goes on elsewhere; else it goes on to its end. */
      pause: z.boolean().default(false),
    }),
    output: z.object({ nodes: z.array(NodeFacts) }),
    role: 'admin',
    summary: 'Give a worker nothing new, so that it can be taken away; or give it work again',
  }),
  'nodes.remove': operation({
    method: 'DELETE',
    path: '/v1/nodes/{node}',
    input: z.object({ node: NodeId }),
    output: none,
    role: 'admin',
    summary: 'Forget a worker that is down and will not come back',
  }),
  'services.list': operation({
    method: 'GET',
    path: '/v1/services',
    input: none,
    output: z.object({ services: z.array(ServiceFacts) }),
    role: 'viewer',
    summary: 'The parts of Guts, and whether they are up',
  }),
  'settings.show': operation({
    method: 'GET',
    path: '/v1/settings',
    input: none,
    output: SchedulerSettings,
    role: 'viewer',
    summary: 'Slots, bandwidth limits, allowed nodes',
  }),
  'settings.change': operation({
    method: 'PUT',
    path: '/v1/settings',
    input: SchedulerSettings.partial(),
    output: SchedulerSettings,
    role: 'admin',
    summary: 'Change settings; what is not named stays, and what is holds at once',
  }),
} satisfies Readonly<Record<string, Operation>>;
