/** What can be asked about plans. */
import { z } from 'zod';
import { MigrationOptions } from '../migration.ts';
import { Rehearsal } from '../rehearsal.ts';
import { Plan, PlannedMachine, PlannedWave, WaveNumber } from '../plans.ts';
import { hints } from '../proposals/applications.ts';
import { ActionResult, TimeWindow } from '../schedule.ts';
import { operation, type Operation, which, none, deleted } from './operation.ts';

const plan = z.object({ plan: which });

const name = Plan.shape.name;
const options = MigrationOptions.partial();
const window = TimeWindow.nullable();
const notBefore = z.iso.datetime().nullable();
const priority = z.number().int().min(-1000).max(1000);
const waves = z.array(PlannedWave).max(1000);
const machines = z
  .array(
    z.object({
      vm: which.describe('name, ref or UUID'),
      wave: WaveNumber.default(1),
      options: options.default({}),
    }),
  )
  .max(10_000);

const planFields = {
  name,
  source: which,
  destination: which,
  options: options.default({}),
  window: window.default(null),
  notBefore: notBefore.default(null),
  priority: priority.default(0),
  waves: waves.default([]).describe('those that have a name or times for themselves'),
  machines,
};
const changes = {
  name: name.optional(),
  source: which.optional(),
  destination: which.optional(),
  options: options.optional(),
  window: window.optional(),
  notBefore: notBefore.optional(),
  priority: priority.optional(),
  waves: waves.optional(),
  machines: machines.optional(),
};

export const planOperations = {
  'plans.list': operation({
    method: 'GET',
    path: '/v1/plans',
    input: none,
    output: z.object({ plans: z.array(Plan) }),
    role: 'viewer',
    summary: 'The plans',
  }),
  'plans.create': operation({
    method: 'POST',
    path: '/v1/plans',
    input: z.object(planFields),
    output: Plan,
    role: 'operator',
    status: 201,
    summary: 'Write down a plan: machines in waves, defaults and exceptions',
  }),
  'plans.show': operation({
    method: 'GET',
    path: '/v1/plans/{plan}',
    input: plan,
    output: Plan,
    role: 'viewer',
    summary: 'One plan',
  }),
  'plans.change': operation({
    method: 'PUT',
    path: '/v1/plans/{plan}',
    input: plan.extend(changes),
    output: Plan,
    role: 'operator',
    summary: 'Change a plan; what is not named stays, and so do machines that have a migration already',
  }),
  'plans.add': operation({
    method: 'POST',
    path: '/v1/plans/{plan}/machines',
    input: plan.extend({ machines }),
    output: Plan,
    role: 'operator',
    summary: 'Add machines to a plan',
  }),
  'plans.move': operation({
    method: 'POST',
    path: '/v1/plans/{plan}/moves',
    input: plan.extend({
      machines: z.array(z.object({ vm: which.describe('name, ref or UUID'), wave: WaveNumber })).max(10_000),
    }),
    output: Plan,
    role: 'operator',
    summary: 'Put machines of a plan into other waves',
  }),
  'plans.proposeWaves': operation({
    method: 'GET',
    path: '/v1/plans/{plan}/proposed-waves',
    input: plan.extend({
      most: z.number().int().min(1).max(10_000).default(25).describe('machines in one wave'),
      pilot: z.number().int().min(0).max(1000).default(3).describe('machines of the first wave; 0 makes no pilot'),
      by: z
        .enum([...hints, 'size'])
        .optional()
        .describe('keep together by this alone; left out: by all of it'),
      bytesPerSecond: z.number().positive().optional().describe('of one machine; left out: as was measured'),
    }),
    output: z.object({
      waves: z.array(
        z.object({
          number: WaveNumber,
          isPilot: z.boolean(),
          machines: z.array(PlannedMachine.shape.vm),
          bytes: z.number(),
          seconds: z.number().nullable().describe('null where no rate is known'),
          why: z.string(),
        }),
      ),
      bytesPerSecond: z.number().nullable().describe('what was reckoned with; null where nothing was measured yet'),
    }),
    role: 'viewer',
    summary: 'Waves for the machines of a plan that have no migration yet, and why; nothing is changed',
  }),
  'plans.start': operation({
    method: 'POST',
    path: '/v1/plans/{plan}/start',
    input: plan,
    output: z.object({ plan: Plan, results: z.array(ActionResult) }),
    role: 'operator',
    status: 202,
    summary: 'Make a migration of each machine of the plan that has none yet, and put them into the queue',
  }),
  'plans.rehearse': operation({
    method: 'POST',
    path: '/v1/plans/{plan}/rehearsal',
    input: plan.extend({
      wave: WaveNumber.optional().describe('without it, all waves of the plan'),
      offline: z.boolean().default(false).describe('ask only the cloud: machines are as the inventory has them'),
      bytesPerSecond: z
        .number()
        .positive()
        .max(1e12)
        .optional()
        .describe('of one migration; without it, as the newest ones from here to there had it'),
    }),
    output: Rehearsal,
    role: 'viewer',
    isLook: true,
    summary: 'Hold a whole wave against what the cloud has now, and say whether it can go; nothing is made',
  }),
  'plans.delete': operation({
    method: 'DELETE',
    path: '/v1/plans/{plan}',
    input: plan,
    output: deleted,
    role: 'operator',
    summary: 'Forget a plan; its migrations stay',
  }),
} satisfies Readonly<Record<string, Operation>>;
