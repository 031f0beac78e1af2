/** What the thread of the window's demo and its host say to each other: where the simulators are, and how one signs in. */
import { z } from 'zod';
import { KeystoneAuth } from './connections.ts';

/** Given to the thread at its start. */
export interface DemoWorldOptions {
  /** Absolute path, for what is uploaded into the simulated cloud. */
  readonly uploads: string;
}

/** The thread says this once, when all of them can be asked. The certificates are fresh ones, to be pinned. */
export const DemoWorldFacts = z.object({
  source: z.object({ url: z.string(), userName: z.string(), fingerprint: z.string(), secret: z.string() }),
  hyperv: z.object({
    url: z.string(),
    userName: z.string(),
    fingerprint: z.string(),
    secret: z.string(),
    smbPort: z.number(),
  }),
  destination: z.object({
    authUrl: z.string(),
    auth: KeystoneAuth,
    region: z.string(),
    fingerprint: z.string(),
    secret: z.string(),
  }),
});
export type DemoWorldFacts = z.infer<typeof DemoWorldFacts>;

/** The only thing that the thread is told: to end in good order. */
export const END_DEMO_WORLD = 'end';
