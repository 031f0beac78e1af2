/** What the server that leads tells the others of its scheduler, so that they answer as it would: how things stand that no journal has. */
import { z } from 'zod';
import { Progress } from '../shared/jobs.ts';
import { MigrationId } from '../shared/migration.ts';
import { NodeFacts, SlowedBy, WaitsFor } from '../shared/schedule.ts';

export const ToldMigration = z.object({
  isRunning: z.boolean(),
  waitsFor: WaitsFor.nullable(),
  slowedBy: SlowedBy.nullable(),
  progress: z.array(Progress),
});
export type ToldMigration = z.infer<typeof ToldMigration>;

/** Of migrations those that run or wait. */
export const ToldSchedule = z.object({
  nodes: z.array(NodeFacts),
  migrations: z.record(MigrationId, ToldMigration),
});
export type ToldSchedule = z.infer<typeof ToldSchedule>;
