/** What the engine says of itself, and how it looks from the window. */
import { z } from 'zod';
import { ErrorShape } from './errors-shape.ts';

/** The engine's figures since it started. */
export const EngineFigures = z.object({
  upSeconds: z.number().nonnegative(),
  jobsRunning: z.number().int().nonnegative(),
  jobsDone: z.number().int().nonnegative(),
  /** Bytes that arrived at destinations. */
  bytesWritten: z.number().nonnegative(),
  /** Resident memory of the whole process. */
  memoryBytes: z.number().int().nonnegative(),
});
export type EngineFigures = z.infer<typeof EngineFigures>;

export const EngineStatus = z.discriminatedUnion('state', [
  z.object({ state: z.literal('starting') }),
  z.object({ state: z.literal('running'), ...EngineFigures.shape }),
  z.object({ state: z.literal('failed'), error: ErrorShape }),
]);
export type EngineStatus = z.infer<typeof EngineStatus>;
