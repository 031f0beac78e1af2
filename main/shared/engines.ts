/** Engines elsewhere that the window of the desktop program can show instead of its own: daemons, asked by REST. */
import { z } from 'zod';
import { Caller } from './access.ts';
import { Fit } from './api-contract.ts';
import { ConnectionName } from './connections.ts';
import { ErrorShape } from './errors-shape.ts';
import { isPrivate, serverUrlOf } from './server-address.ts';
import { Trust } from './trust.ts';

export const EngineId = z
  .string()
  .regex(/^eng_[0-9a-z]{12}$/)
  .brand<'EngineId'>();
export type EngineId = z.infer<typeof EngineId>;

/** `https://host[:port]`; `http://` on this very computer, as at the end of a tunnel. */
export const EngineUrl = z
  .string()
  .max(500)
  .refine((text) => {
    const url = serverUrlOf(text);
    return url !== null && isPrivate(url) && url.username === '' && url.password === '';
  }, 'https://HOST[:PORT], or http:// of this computer')
  .meta({ format: 'uri' })
  .transform((text) => new URL(text).origin);

/** As it is given: nobody shows it again. */
export const EngineToken = z
  .string()
  .trim()
  .max(8192)
  .regex(/^[\x21-\x7e]+$/);

export const KeptEngine = z.object({
  id: EngineId,
  name: ConnectionName,
  url: EngineUrl,
  trust: Trust,
});
export type KeptEngine = z.infer<typeof KeptEngine>;

/** An engine that shall be tried, or kept. */
export const EngineWish = z.strictObject({
  name: ConnectionName,
  url: EngineUrl,
  trust: Trust,
  token: EngineToken,
});
export type EngineWish = z.infer<typeof EngineWish>;

/** What a try found. */
export const EngineFacts = z.object({
  version: z.string(),
  fit: Fit,
  caller: Caller,
});
export type EngineFacts = z.infer<typeof EngineFacts>;

/** While it does not answer. */
export const Lost = z.object({
  since: z.iso.datetime(),
  error: ErrorShape,
  /** When it is tried again; null while it is tried. */
  triesAt: z.iso.datetime().nullable(),
});
export type Lost = z.infer<typeof Lost>;

/** All of them, and which one the window shows; null is its own. */
export const EnginesView = z.object({
  engines: z.array(KeptEngine),
  shown: EngineId.nullable(),
  /** Of this computer’s Guts. */
  version: z.string(),
});
export type EnginesView = z.infer<typeof EnginesView>;

/** The code by which a page knows that what it shows is old, and nothing worse. */
export const OUT_OF_REACH = 'engine.out-of-reach';
