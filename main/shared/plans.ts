/** The words for a plan: machines that go from one source to one destination in waves, with defaults and exceptions. */
import { z } from 'zod';
import { DestinationId, SourceId } from './connections.ts';
import { Given } from './given.ts';
import { MachineRef } from './machine-ref.ts';
import { MigrationId, MigrationOptions } from './migration.ts';
import { PlanId, TimeWindow } from './schedule.ts';

export const WaveNumber = z.number().int().min(1).max(10_000);

export const PlannedMachine = z.object({
  vm: MachineRef,
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

/** A wave that another Guts has: it was given to it, or it stayed there when others came from there. */
export const ElsewhereWave = Given.extend({
  wave: WaveNumber,
  /** Something of it is not over, as far as that Guts has told; waves after it wait for that. */
  isOpen: z.boolean(),
});
export type ElsewhereWave = z.infer<typeof ElsewhereWave>;

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
  /** Waves that another Guts has, each once; left out where there are none. */
  elsewhere: z.array(ElsewhereWave).max(10_000).optional(),
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

/** Undefined where it is here. */
export const elsewhereOf = ({ elsewhere }: Pick<Plan, 'elsewhere'>, wave: number): ElsewhereWave | undefined =>
  elsewhere?.find((one) => one.wave === wave);

/** Waves that have machines and are not elsewhere, from the first on. */
export const wavesHere = (plan: Pick<Plan, 'elsewhere' | 'machines'>): number[] =>
  [...new Set(plan.machines.map(({ wave }) => wave))]
    .filter((wave) => elsewhereOf(plan, wave) === undefined)
    .sort((a, b) => a - b);

/** The first wave elsewhere that others wait for; null where there is none. */
export const firstOpenElsewhere = ({ elsewhere = [] }: Pick<Plan, 'elsewhere'>): ElsewhereWave | null =>
  elsewhere.filter(({ isOpen }) => isOpen).sort((a, b) => a.wave - b.wave)[0] ?? null;

/** Numbers that stand there more than once. */
export function doubleWaves(waves: readonly Pick<PlannedWave, 'number'>[]): readonly number[] {
  const numbers = waves.map(({ number }) => number);
  return [...new Set(numbers.filter((number, at) => numbers.indexOf(number) !== at))];
}
