/** How an assessment lies in a file: a line for the whole, a line for each machine, and one that says that this was all. */
import { z } from 'zod';
import { AssessmentSummary, type AssessedMachine } from './assessment.ts';

export const AssessmentHead = z.object({ schemaVersion: z.literal(1), summary: AssessmentSummary });
export const AssessmentEnd = z.object({ machines: z.number().int().nonnegative() });

export function* assessmentLines(
  summary: AssessmentSummary,
  machines: readonly AssessedMachine[],
): Generator<string, void, void> {
  yield `${JSON.stringify({ schemaVersion: 1, summary } satisfies z.infer<typeof AssessmentHead>)}\n`;
  for (const machine of machines) yield `${JSON.stringify(machine)}\n`;
  yield `${JSON.stringify({ machines: machines.length } satisfies z.infer<typeof AssessmentEnd>)}\n`;
}
