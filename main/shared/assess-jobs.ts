/** What the engine can be asked about whole estates, and what it answers; loaded with the first such job. */
import { z } from 'zod';
import { AssessedMachine, AssessmentCloud, AssessmentOptions, AssessmentSummary } from './assessment.ts';
import { InventoryDatastore, InventoryHost, InventoryNetwork, InventoryVm } from './inventory.ts';
import { SiteRules } from './site-rules.ts';

/** A thing of a live inventory; as text, which crosses threads at once. */
export const InventoryThingLine = z.union([
  z.object({ vm: InventoryVm }),
  z.object({ network: InventoryNetwork }),
  z.object({ datastore: InventoryDatastore }),
  z.object({ host: InventoryHost }),
]);
export type InventoryThingLine = z.infer<typeof InventoryThingLine>;

/** Where an estate comes from. */
export const EstateOrigin = z.union([
  /** Absolute paths, of one export. */
  z.object({ files: z.array(z.string().min(1)).min(1) }),
  z.object({
    inventory: z.object({
      source: z.string(),
      product: z.string().nullable(),
      takenAt: z.iso.datetime(),
      /** Each a JSON of `InventoryThingLine`. */
      lines: z.array(z.string()),
    }),
  }),
]);
export type EstateOrigin = z.infer<typeof EstateOrigin>;

export const AssessJob = z.object({
  kind: z.literal('assess'),
  of: EstateOrigin,
  cloud: AssessmentCloud.nullable(),
  options: AssessmentOptions,
  /** What the site wants of the rules. */
  site: SiteRules.optional(),
  /** Of Guts. */
  version: z.string(),
  /** It is judged although none of its machines is asked for: another is compared with it. */
  mayBeNone: z.boolean().optional(),
  /** Names, addresses and notes are replaced first, and the estate is written so to this file, which must not be there. */
  anonymiseTo: z.string().min(1).nullable(),
  /** The assessment is written to this file, the estate without names to that, and the machines are not told. */
  keepAt: z.object({ assessment: z.string().min(1), estate: z.string().min(1) }).nullable(),
});
export type AssessJob = z.infer<typeof AssessJob>;

export const AssessResult = z.object({ summary: AssessmentSummary, machines: z.array(AssessedMachine) });
export type AssessResult = z.infer<typeof AssessResult>;

export const assessResults = { assess: AssessResult };
