/** What can be asked about plans. */
import { z } from 'zod';
import { MigrationOptions } from '../migration.ts';
import { Plan, PlannedMachine } from '../plans.ts';
import { ActionResult, TimeWindow } from '../schedule.ts';
import { operation, type Operation, which, none, deleted } from './operation.ts';

const plan = z.object({ plan: which });

const name = Plan.shape.name;
const options = MigrationOptions.partial();
const window = TimeWindow.nullable();
const notBefore = z.iso.datetime().nullable();
const priority = z.number().int().min(-1000).max(1000);
const machines = z
  .array(z.object({ vm: which, wave: PlannedMachine.shape.wave.default(1), options: options.default({}) }))
  .max(10_000);

const planFields = {
  name,
  source: which,
  destination: which,
  options: options.default({}),
  window: window.default(null),
  notBefore: notBefore.default(null),
  priority: priority.default(0),
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
  'plans.start': operation({
    method: 'POST',
    path: '/v1/plans/{plan}/start',
    input: plan,
    output: z.object({ plan: Plan, results: z.array(ActionResult) }),
    role: 'operator',
    status: 202,
    summary: 'Make a migration of each machine of the plan that has none yet, and put them into the queue',
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
