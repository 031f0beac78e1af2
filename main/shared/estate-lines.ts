/** How an estate lies beside the assessment of it: a line for all but the machines, a line for each, and one that says that this was all. */
import { z } from 'zod';
import { KeptEstate, type Estate } from './estate.ts';

export const EstateHead = KeptEstate.omit({ vms: true });
export const EstateEnd = z.object({ vms: z.number().int().nonnegative() });

export function* estateLines({ vms, ...rest }: Estate): Generator<string, void, void> {
  yield `${JSON.stringify({ estateVersion: 1, ...rest } satisfies z.infer<typeof EstateHead>)}\n`;
  for (const vm of vms) yield `${JSON.stringify(vm)}\n`;
  yield `${JSON.stringify({ vms: vms.length } satisfies z.infer<typeof EstateEnd>)}\n`;
}
