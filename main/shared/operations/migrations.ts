/** What can be asked about migrations: looking ahead, making them, acting on them. */
import { z } from 'zod';
import { MigrationRow } from '../migration-row.ts';
import { MigrationId, MigrationOptions } from '../migration.ts';
import { Journey, PlanResult } from '../move-jobs.ts';
import { ActionResult, Schedule, ScheduledMigration } from '../schedule.ts';
import { Stage } from '../stages.ts';
import { MigrationAction } from './migration-action.ts';
import { operation, type Operation, which, pattern, deleted, next, page } from './operation.ts';

const migration = z.object({ id: MigrationId });

/** One machine's move, as it is wished for. */
export const wish = {
  source: which,
  vm: which.describe('its name, or its ref where several have the name'),
  destination: which,
  options: MigrationOptions.partial().default({}),
};
/** Of the ways to say which several are meant: none of them must not be taken for all. */
const onlyOne = 'exactly one of “ids”, “plan” and “all” says which are meant';

const filters = {
  source: which.optional(),
  destination: which.optional(),
  stage: Stage.optional(),
  vm: pattern.optional(),
  plan: which.optional(),
  isQueued: z.boolean().optional(),
  sort: z.enum(['createdAt', '-createdAt', 'vm', '-vm', 'stage', '-stage', 'queue']).default('-createdAt'),
  ...page,
};

export const migrationOperations = {
  'checks.run': operation({
    method: 'POST',
    path: '/v1/checks',
    input: z.object({
      ...wish,
      rules: z
        .string()
        .max(256 * 1024)
        .optional()
        .describe('the text of a preflight.yaml that counts instead of the one in the data folder'),
    }),
    output: PlanResult.extend({ mayStart: z.boolean() }),
    role: 'operator',
    isLook: true,
    summary: 'What would be made of a machine, and what stops or endangers its move; nothing is kept',
  }),
  'migrations.list': operation({
    method: 'GET',
    path: '/v1/migrations',
    input: z.object(filters),
    output: z.object({ migrations: z.array(ScheduledMigration), next }),
    role: 'viewer',
    summary: 'The migrations, newest first',
  }),
  'migrations.rows': operation({
    method: 'GET',
    path: '/v1/migration-rows',
    input: z.object(filters),
    output: z.object({ rows: z.array(MigrationRow), next }),
    role: 'viewer',
    summary: 'The same as lines of a table: stage, progress, what can be done; without plans, findings and proofs',
  }),
  'migrations.create': operation({
    method: 'POST',
    path: '/v1/migrations',
    input: z.object({
      ...wish,
      schedule: Schedule.partial().default({}),
      start: z.boolean().default(false).describe('also put it into the queue'),
    }),
    output: ScheduledMigration,
    role: 'operator',
    status: 201,
    summary: 'Write down the move of one machine, and on request put it into the queue',
  }),
  'migrations.show': operation({
    method: 'GET',
    path: '/v1/migrations/{id}',
    input: migration,
    output: ScheduledMigration,
    role: 'viewer',
    summary: 'One migration: plan, findings, journey, proofs',
  }),
  'migrations.journey': operation({
    method: 'GET',
    path: '/v1/migrations/{id}/journey',
    input: migration,
    output: Journey,
    role: 'viewer',
    summary: 'The migration with the machine and what both sides said of themselves, for reports',
  }),
  'migrations.action': operation({
    method: 'POST',
    path: '/v1/migrations/{id}/action',
    input: migration.extend({ action: MigrationAction }),
    output: ScheduledMigration,
    role: 'operator',
    status: 202,
    summary: 'Start, pause, resume, cancel, cut over, retry, hold or release one',
  }),
  'migrations.schedule': operation({
    method: 'PUT',
    path: '/v1/migrations/{id}/schedule',
    input: migration.extend({ schedule: Schedule.partial() }),
    output: ScheduledMigration,
    role: 'operator',
    summary: 'Change when and where one may start; what is not named stays',
  }),
  'migrations.actOnMany': operation({
    method: 'POST',
    path: '/v1/migrations/action',
    input: z
      .object({
        action: MigrationAction,
        ids: z.array(MigrationId).max(10_000).optional(),
        plan: which.optional(),
        all: z.literal(true).optional().describe('all that the table of stages allows it for'),
      })
      .refine(({ ids, plan: of, all }) => [ids, of, all].filter((one) => one !== undefined).length === 1, onlyOne)
      .meta({ description: onlyOne, oneOf: [{ required: ['ids'] }, { required: ['plan'] }, { required: ['all'] }] }),
    output: z.object({ results: z.array(ActionResult) }),
    role: 'operator',
    status: 202,
    summary: 'The same for several: exactly one of ids, a plan, or all that the table of stages allows it for',
  }),
  'migrations.delete': operation({
    method: 'DELETE',
    path: '/v1/migrations/{id}',
    input: migration,
    output: deleted,
    role: 'operator',
    summary: 'Forget one that has ended',
  }),
} satisfies Readonly<Record<string, Operation>>;
