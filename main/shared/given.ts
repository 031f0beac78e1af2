/** The words for what another Guts has now: which hand-over it went by, and to whom. */
import { z } from 'zod';

export const HandoverId = z
  .string()
  .regex(/^hnd_[0-9a-z]{12}$/)
  .brand<'HandoverId'>();
export type HandoverId = z.infer<typeof HandoverId>;

/** Letters in what another Guts is called. */
export const MOST_PEER_NAME = 63;

/** Another Guts, as it is called, and where it is; null where only it knows the way here. */
export const Peer = z.object({ name: z.string().min(1).max(MOST_PEER_NAME), url: z.string().max(500).nullable() });
export type Peer = z.infer<typeof Peer>;

export const Given = z.object({ handover: HandoverId, to: Peer, at: z.iso.datetime() });
export type Given = z.infer<typeof Given>;
