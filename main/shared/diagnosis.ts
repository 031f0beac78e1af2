/** The words for what was seen while a source was looked at step by step, for whoever mends Guts. */
import { z } from 'zod';

export const DiagnosisStep = z.object({
  name: z.string(),
  /** Whether it went as it should. */
  isGood: z.boolean(),
  says: z.string(),
  milliseconds: z.number().nonnegative(),
});
export type DiagnosisStep = z.infer<typeof DiagnosisStep>;

/** Names of machines, hosts, networks, paths and addresses are replaced by others that only tell them apart. */
export const Diagnosis = z.object({
  takenAt: z.iso.datetime(),
  steps: z.array(DiagnosisStep),
  /** What went over the wire, in order: requests, answers, faults, what scripts wrote to standard error. */
  trace: z.array(z.object({ atMilliseconds: z.number().nonnegative(), says: z.string() })),
  /** What scripts found, by their names. */
  told: z.record(z.string(), z.unknown()),
  /** The scripts that were run, by their names, as they are without arguments. */
  scripts: z.record(z.string(), z.string()),
});
export type Diagnosis = z.infer<typeof Diagnosis>;
