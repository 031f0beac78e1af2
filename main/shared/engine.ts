/** How the Guts behind the window is, as the window has to know it. */
import { z } from 'zod';
import { Fit } from './api-contract.ts';
import { EngineId, Lost } from './engines.ts';
import { ErrorShape } from './errors-shape.ts';

/** Of a Guts elsewhere, which the window shows for a while. */
export const Elsewhere = z.object({
  id: EngineId,
  name: z.string(),
  version: z.string(),
  fit: Fit,
  /** Null while it answers. */
  lost: Lost.nullable(),
});
export type Elsewhere = z.infer<typeof Elsewhere>;

export const EngineStatus = z.discriminatedUnion('state', [
  z.object({ state: z.literal('starting') }),
  /** There is no key store: secrets would go into a sealed file, whose passphrase a person must give. */
  z.object({ state: z.literal('locked'), isNew: z.boolean() }),
  z.object({
    state: z.literal('running'),
    /** `window`: in the window's own process; `daemon`: a “guts serve” that has the data folder; `elsewhere`: one that was added. */
    where: z.enum(['window', 'daemon', 'elsewhere']),
    /** Where it answers the command line and other programs. */
    url: z.string(),
    isDemo: z.boolean(),
    elsewhere: Elsewhere.nullable(),
  }),
  /** One elsewhere that did not answer yet. */
  z.object({ state: z.literal('unreachable'), name: z.string(), lost: Lost }),
  z.object({ state: z.literal('stopping') }),
  z.object({ state: z.literal('failed'), error: ErrorShape }),
]);
export type EngineStatus = z.infer<typeof EngineStatus>;
