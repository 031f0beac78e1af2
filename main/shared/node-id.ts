/** What a node is called. */
import { z } from 'zod';

/** Names a node towards operators; the machine's host name, unless it was given another. */
export const NodeId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, 'letters, digits, dots, dashes; at most 63');
export type NodeId = z.infer<typeof NodeId>;
