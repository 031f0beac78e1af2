/** Which report is meant: that of one migration, or that of several together. */
import { z } from 'zod';
import { MigrationId } from './migration.ts';
import { PlanId } from './schedule.ts';

export const ReportScope = z.strictObject({
  plan: PlanId.optional(),
  wave: z.number().int().min(1).max(10_000).optional(),
  from: z.iso.datetime().optional(),
  to: z.iso.datetime().optional(),
  /** With the report of each within. */
  details: z.boolean(),
});
export type ReportScope = z.infer<typeof ReportScope>;

export const ReportWish = z.union([z.strictObject({ id: MigrationId }), z.strictObject({ scope: ReportScope })]);
export type ReportWish = z.infer<typeof ReportWish>;
