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

/** They stay until they are forgotten: React may begin to show a screen, throw that away, and begin anew. */
export function readHanded(): Handed {
  const text = sessionStorage.getItem(PLACE);
  if (text === null) return [];
  try {
    return Handed.parse(JSON.parse(text));
  } catch {
    return []; // nobody's machines
  }
}

/** The next new plan begins without them. */
export const forgetHanded = (): void => sessionStorage.removeItem(PLACE);
