/** The words for a plan: machines that go from one source to one destination in waves, with defaults and exceptions. */
import { z } from 'zod';
import { DestinationId, SourceId } from './connections.ts';
import { MigrationId, MigrationOptions } from './migration.ts';
import { PlanId, TimeWindow } from './schedule.ts';

export const PlannedMachine = z.object({
  vm: z.object({ ref: z.string().min(1), name: z.string() }),
  wave: z.number().int().min(1).max(10_000),
  /** What is different from the plan's own options for this machine. */
  options: MigrationOptions.partial(),
  /** Null until the plan was started. */
  migration: MigrationId.nullable(),
});
export type PlannedMachine = z.infer<typeof PlannedMachine>;

export const Plan = z.object({
  id: PlanId,
  name: z.string().min(1).max(63),
  source: SourceId,
  destination: DestinationId,
  options: MigrationOptions.partial(),
  window: TimeWindow.nullable(),
  notBefore: z.iso.datetime().nullable(),
  priority: z.number().int().min(-1000).max(1000),
  machines: z.array(PlannedMachine).max(10_000),
  createdAt: z.iso.datetime(),
  startedAt: z.iso.datetime().nullable(),
});
export type Plan = z.infer<typeof Plan>;
