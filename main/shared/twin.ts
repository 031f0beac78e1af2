/** The words for what becomes of a network card: what its switch let pass, what Neutron makes of that, and what Guts proposes. */
import { z } from 'zod';
import { MigrationOptions } from './migration-options.ts';

/** What a line of the comparison is about. */
export const TwinMatter = z.enum([
  'firewall',
  'addresses',
  'floatingAddresses',
  'forgedTransmits',
  'macChanges',
  'promiscuous',
  'frames',
  'trunk',
  'addressing',
  'policies',
]);
export type TwinMatter = z.infer<typeof TwinMatter>;

/**
 * `drops`: the guest shows that it needs what the cloud will drop; `mayDrop`: the source allows it, which is no proof that the
 * guest uses it; `passes`: it goes on as before.
 */
export const TwinWeight = z.enum(['drops', 'mayDrop', 'passes']);
export type TwinWeight = z.infer<typeof TwinWeight>;

export const TwinProposal = z.object({
  kind: z.enum([
    'addressPairs',
    'portSecurityOff',
    'securityGroup',
    'unboundPort',
    'smallerMtu',
    'trunkPort',
    'otherNetwork',
    'inTheGuest',
    'byTheOperator',
  ]),
  says: z.string().min(1),
  /** What of the machine's options would change; left out where Guts cannot do it. */
  options: MigrationOptions.partial().optional(),
});
export type TwinProposal = z.infer<typeof TwinProposal>;

export const TwinLine = z.object({
  matter: TwinMatter,
  weight: TwinWeight,
  /** What the source allowed, or what the guest shows. */
  source: z.string().min(1),
  /** What Neutron does with it. */
  cloud: z.string().min(1),
  /** What that means for the guest. */
  means: z.string().min(1),
  proposals: z.array(TwinProposal),
});
export type TwinLine = z.infer<typeof TwinLine>;

/** One network card beside the port that it becomes. */
export const NicTwin = z.object({
  nicKey: z.string(),
  label: z.string(),
  /** Of the source; null where the card is on none. */
  from: z.string().nullable(),
  /** Of the cloud; null where none is planned. */
  to: z.string().nullable(),
  /** Whether the port drops what does not come from its own addresses, or from those that it is allowed besides. */
  isGuarded: z.boolean(),
  lines: z.array(TwinLine),
});
export type NicTwin = z.infer<typeof NicTwin>;
