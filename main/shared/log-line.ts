/** A line of the daemon's log, as it is kept and as it is shown. */
import { z } from 'zod';

/** From what happens in good order to what should not happen. */
export const LogLevel = z.enum(['info', 'warn', 'error']);
export type LogLevel = z.infer<typeof LogLevel>;

export const LogLine = z.object({
  time: z.iso.datetime(),
  level: LogLevel,
  /** Stable and dotted: `migration`, `listening`, `failure`. */
  what: z.string(),
  /** What was said besides. */
  fields: z.record(z.string(), z.unknown()),
});
export type LogLine = z.infer<typeof LogLine>;
