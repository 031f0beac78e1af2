/** How the Guts behind the window is, as the window has to know it. */
import { z } from 'zod';
import { ErrorShape } from './errors-shape.ts';

export const EngineStatus = z.discriminatedUnion('state', [
  z.object({ state: z.literal('starting') }),
  /** There is no key store: secrets would go into a sealed file, whose passphrase a person must give. */
  z.object({ state: z.literal('locked'), isNew: z.boolean() }),
  z.object({
    state: z.literal('running'),
    /** `window`: in the window's own process; `daemon`: a “guts serve” that has the data folder. */
    where: z.enum(['window', 'daemon']),
    /** Where it answers the command line and other programs. */
    url: z.string(),
    isDemo: z.boolean(),
  }),
  z.object({ state: z.literal('stopping') }),
  z.object({ state: z.literal('failed'), error: ErrorShape }),
]);
export type EngineStatus = z.infer<typeof EngineStatus>;
