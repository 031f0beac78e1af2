/** A plan while it is being written: everything may still be missing. */
import { z } from 'zod';
import { defaultOptions, type MigrationOptions } from '../../../../main/shared/migration.ts';
import type { InputOf } from '../../../../main/shared/operations.ts';
import { PlannedWave, type Plan, type PlanTemplate } from '../../../../main/shared/plans.ts';

export const stepNames = ['machines', 'destination', 'mapping', 'options', 'check', 'review'] as const;
export type StepName = (typeof stepNames)[number];
/** What is said of a plan, or of one machine, and not left to what is above it. */
export type OwnOptions = Plan['options'];

/** Fields may hold what is only half typed; what is wrong with them is said beside them. */
const halfTyped = z.record(z.string(), z.unknown()).transform((value) => value as OwnOptions); // checked before it is sent

/** One that is not typed yet is none, which JSON writes as null. */
const halfTypedNumber = z
  .number()
  .nullable()
  .transform((value) => value ?? Number.NaN);
const DraftWindow = z.object({ opens: z.string(), minutes: halfTypedNumber, timeZone: z.string() });

export const DraftMachine = z.object({
  ref: z.string().min(1),
  name: z.string(),
  wave: z.number().int().min(1),
  options: halfTyped,
  /** One that has a migration already stays in the plan as it is. */
  migration: z.string().nullable(),
});
export type DraftMachine = z.infer<typeof DraftMachine>;

export const Draft = z.object({
  name: z.string(),
  source: z.string().nullable(),
  destination: z.string().nullable(),
  machines: z.array(DraftMachine),
  /** Taken out while it was checked; they can come back. */
  leftOut: z.array(DraftMachine),
  options: halfTyped,
  window: DraftWindow.nullable(),
  notBefore: z.string().nullable(),
  priority: halfTypedNumber,
  /** Names and times of waves. Drafts of before have none. */
  waves: z.array(PlannedWave).default([]),
  step: z.enum(stepNames),
  /** Steps that somebody has been at. */
  seen: z.array(z.enum(stepNames)),
  /** 0 as long as nothing was changed. */
  changedAt: z.number(),
});
export type Draft = z.infer<typeof Draft>;

export const newDraft = (name: string, source: string | null, destination: string | null): Draft => ({
  name,
  source,
  destination,
  machines: [],
  leftOut: [],
  options: { accept: [] },
  window: null,
  notBefore: null,
  priority: 0,
  waves: [],
  step: 'machines',
  seen: [],
  changedAt: 0,
});

export const draftOf = ({
  name,
  source,
  destination,
  options,
  window,
  notBefore,
  priority,
  waves,
  machines,
}: Plan): Draft => ({
  ...newDraft(name, source, destination),
  options: withoutProposed(options),
  window,
  notBefore,
  priority,
  waves,
  machines: machines.map(({ vm, wave, options, migration }) => ({ ...vm, wave, options, migration })),
  seen: [...stepNames],
});

/** @param source null where it is not there any more, as `destination` */
export const draftBy = (
  { options, window, priority, waves }: PlanTemplate,
  name: string,
  source: string | null,
  destination: string | null,
): Draft => ({
  ...newDraft(name, source, destination),
  options: withoutProposed(options),
  window,
  priority,
  waves,
});

/** Networks that were proposed are proposed anew. */
const withoutProposed = (options: OwnOptions): OwnOptions =>
  options.networks === undefined
    ? options
    : { ...options, networks: options.networks.filter(({ proposed }) => proposed === undefined) };

/** @param networks all that the plan's own mapping says, proposals that were left as they are included */
export function wishOf(draft: Draft, networks: MigrationOptions['networks']): InputOf<'plans.create'> {
  const { name, source, destination, options, window, notBefore, priority, waves, machines } = draft;
  return {
    name: name.trim(),
    source: source ?? '',
    destination: destination ?? '',
    options: { ...options, networks },
    window,
    notBefore,
    priority,
    waves,
    machines: machines.map(({ ref, wave, options }) => ({ vm: ref, wave, options })),
  };
}

/** What holds for a machine: its own word, else the plan's, else Guts'. */
export const optionsFor = (planWide: OwnOptions, own: OwnOptions = {}): MigrationOptions => ({
  ...defaultOptions,
  ...definedOf(planWide),
  ...definedOf(own),
});

/** Without fields that are there and undefined. */
const definedOf = (options: OwnOptions): Partial<MigrationOptions> =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<MigrationOptions>; // what is left
