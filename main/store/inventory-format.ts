/** What stands in the file of an inventory: a head, a line for each thing, and an end that vouches for all of it. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import {
  InventoryDatastore,
  InventoryHost,
  InventoryNetwork,
  InventoryTags,
  InventoryVm,
} from '../shared/inventory.ts';
import { StoreDamagedError } from './errors.ts';
import { linesIn } from './text-lines.ts';

export const SCHEMA_VERSION = 1;

export const Line = z.union([
  z.object({ vm: InventoryVm }),
  z.object({ network: InventoryNetwork }),
  z.object({ datastore: InventoryDatastore }),
  z.object({ host: InventoryHost }),
  z.object({ gone: z.array(z.string()) }),
  z.object({ tagged: z.array(InventoryTags) }),
  z.object({ tagsUntold: z.string() }),
]);
export type Line = z.infer<typeof Line>;

export const Head = z.object({
  schemaVersion: z.literal(SCHEMA_VERSION),
  source: z.string(),
  takenAt: z.iso.datetime(),
});

/** The last line: without it the file was cut. */
export const End = z.object({
  end: z.literal(true),
  /** Of all bytes before this line; whoever finds it right need not look at each line. Files of an older Guts have none. */
  sum: z.string().optional(),
  /** Of the words that a line can be made of: what another Guts wrote is looked at. */
  shape: z.string().optional(),
});

export type InventoryThing =
  | { readonly kind: 'vm'; readonly thing: InventoryVm }
  | { readonly kind: 'network'; readonly thing: InventoryNetwork }
  | { readonly kind: 'datastore'; readonly thing: InventoryDatastore }
  | { readonly kind: 'host'; readonly thing: InventoryHost };

/** SHA-512 is the fastest where the processor has no help for hashing. */
export const newSum = () => createHash('sha512');

/**
 * Which words a line can be made of: a file that was written with others is looked at line by line. It is a sum of `VmRow`
 * and `Line` as JSON schemas, which takes too long to be made while a daemon runs; a test says when it has changed, and to what.
 */
export const LINE_SHAPE = 'bae42be82cd5b93a';

/** From the head alone. */
export async function takenAtOf(file: string): Promise<string> {
  for await (const line of linesIn(file)) {
    try {
      return Head.parse(JSON.parse(line)).takenAt;
    } catch (cause) {
      throw damagedAt(file, 1, cause);
    }
  }
  throw damagedAt(file, 0, undefined);
}

export function damagedAt(file: string, number: number, cause: unknown): StoreDamagedError {
  return new StoreDamagedError(
    file,
    `Line ${number} is not what was written, or the rest is missing.`,
    'Read the inventory again (“guts source refresh”); nothing else depends on this file.',
    { cause },
  );
}
