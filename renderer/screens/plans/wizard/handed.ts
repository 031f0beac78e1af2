/** Machines that another screen has chosen for a new plan. */
import { z } from 'zod';
import { MigrationOptions } from '../../../../main/shared/migration.ts';

const PLACE = 'guts.draft.machines';
const Handed = z.array(
  z.object({
    source: z.string(),
    ref: z.string().min(1),
    name: z.string(),
    /** Where it was to go before, and how. */
    again: z.object({ destination: z.string(), options: MigrationOptions }).optional(),
  }),
);
export type Handed = z.infer<typeof Handed>;

/** Once: they are not there any more afterwards. */
export function takeHanded(): Handed {
  const text = sessionStorage.getItem(PLACE);
  if (text === null) return [];
  sessionStorage.removeItem(PLACE);
  try {
    return Handed.parse(JSON.parse(text));
  } catch {
    return []; // nobody's machines
  }
}
