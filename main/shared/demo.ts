/** The job behind `guts demo`: a whole migration of a made-up machine, from a simulated vCenter to a simulated OpenStack. */
import { z } from 'zod';
import { MigrationReport } from './report.ts';

export const DemoJob = z.object({
  kind: z.literal('demo'),
  /** Of Guts, for the report. */
  version: z.string(),
  /** The machine is made from it. */
  seed: z.number().int().nonnegative(),
  /** Absolute path for what is kept: the disks as the cloud holds them, the console's log. Made if it is not there; what an earlier demo left is replaced. */
  folder: z.string().min(1),
  dataDir: z.string().min(1),
  lanes: z.number().int().min(1).max(16),
});
export type DemoJob = z.infer<typeof DemoJob>;

export const DemoResult = z.object({
  report: MigrationReport,
  /** What the demo is remembered by until its report stands; whoever writes the report removes this file then. */
  ledger: z.string(),
});
export type DemoResult = z.infer<typeof DemoResult>;

/** The reports, in the folder of the demo. */
export const demoReports = { html: 'report.html', json: 'report.json' } as const;
/** What a report is called until it is whole. */
export const reportPart = (name: string): string => `.${name}.part`;
