/** The words for a plan: machines that go from one source to one destination in waves, with defaults and exceptions. */
import { z } from 'zod';
import { DestinationId, SourceId } from './connections.ts';
import { Given } from './given.ts';
import { MigrationId, MigrationOptions } from './migration.ts';
import { PlanId, TimeWindow } from './schedule.ts';

export const WaveNumber = z.number().int().min(1).max(10_000);

export const PlannedMachine = z.object({
  vm: z.object({ ref: z.string().min(1), name: z.string() }),
  wave: WaveNumber,
  /** What is different from the plan's own options for this machine. */
  options: MigrationOptions.partial(),
  /** Null until the plan was started. */
  migration: MigrationId.nullable(),
});
export type PlannedMachine = z.infer<typeof PlannedMachine>;

/** What a wave has for itself; what is null is as the plan has it. */
export const PlannedWave = z.object({
  number: WaveNumber,
  name: z.string().min(1).max(63).nullable().default(null),
  window: TimeWindow.nullable().default(null),
  notBefore: z.iso.datetime().nullable().default(null),
});
export type PlannedWave = z.infer<typeof PlannedWave>;

export const Plan = z.object({
  id: PlanId,
  name: z.string().min(1).max(63),
  source: SourceId,
  destination: DestinationId,
  options: MigrationOptions.partial(),
  window: TimeWindow.nullable(),
  notBefore: z.iso.datetime().nullable(),
  priority: z.number().int().min(-1000).max(1000),
  /** Those that have something for themselves, each once. */
  waves: z.array(PlannedWave).max(1000).default([]),
  machines: z.array(PlannedMachine).max(10_000),
  createdAt: z.iso.datetime(),
  startedAt: z.iso.datetime().nullable(),
  /** Another Guts has it, and starts what is to be started of it; left out where it is here. */
  given: Given.optional(),
});
export type Plan = z.infer<typeof Plan>;

/** What several plans have in common: everything but their machines. */
export const PlanTemplate = z.object({
  name: Plan.shape.name,
  source: SourceId,
  destination: DestinationId,
  options: Plan.shape.options,
  window: Plan.shape.window,
  priority: Plan.shape.priority,
  waves: z.array(PlannedWave).max(1000),
  createdAt: z.iso.datetime(),
});
export type PlanTemplate = z.infer<typeof PlanTemplate>;

/** When machines of this wave may start. */
export function timesOf(
  { window, notBefore, waves }: Pick<Plan, 'window' | 'notBefore' | 'waves'>,
  wave: number,
): Pick<Plan, 'window' | 'notBefore'> {
  const own = waves.find(({ number }) => number === wave);
  return { window: own?.window ?? window, notBefore: own?.notBefore ?? notBefore };
}

/** Numbers that stand there more than once. */
export function doubleWaves(waves: readonly Pick<PlannedWave, 'number'>[]): readonly number[] {
  const numbers = waves.map(({ number }) => number);
  return [...new Set(numbers.filter((number, at) => numbers.indexOf(number) !== at))];
}
