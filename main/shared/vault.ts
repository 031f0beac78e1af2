/** The words for where secrets are kept, and why not in a better place. */
import { z } from 'zod';

/** From the best to the last: `memory` is one process only. */
export const KeptIn = z.enum(['keyStore', 'sealedFile', 'memory']);
export type KeptIn = z.infer<typeof KeptIn>;

export const VaultStatus = z.object({
  /** Where a secret that is given now is kept. */
  keepsIn: KeptIn,
  /** The same for people, with what has to be known about it. */
  says: z.string(),
  /** The better places, and why they are not used. */
  notUsed: z.array(z.object({ place: KeptIn, why: z.string() })),
});
export type VaultStatus = z.infer<typeof VaultStatus>;
