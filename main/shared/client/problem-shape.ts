/** The schema of problem details (RFC 9457) as Guts has them: with the code, the remedy and whether trying again may help. */
import { z } from 'zod';

export const ProblemShape = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  /** What happened, in a sentence. */
  detail: z.string(),
  /** Of this one occurrence, as the log on the server has it. */
  instance: z.string(),
  /** Stable and dotted, the same as everywhere else in Guts. */
  code: z.string(),
  /** For the operator, in the imperative. */
  remedy: z.string(),
  /** Whether the same request may succeed later. */
  retryable: z.boolean(),
  /** What is wrong with the request, place by place. */
  problems: z.array(z.object({ path: z.string(), says: z.string() })).optional(),
});
export type ProblemShape = z.infer<typeof ProblemShape>;
