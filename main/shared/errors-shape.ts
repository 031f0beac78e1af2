/** The schema of an error that arrives from another process or thread. */
import { z } from 'zod';

/** Same shape as `ErrorInfo` of errors.ts, which stays free of zod so that light threads can throw. */
export const ErrorShape = z.object({
  code: z.string(),
  message: z.string(),
  remedy: z.string(),
  retryable: z.boolean(),
});
