/** The words for how long reads from a source's datastores take. */
import { z } from 'zod';

/** A datastore as a host reads from it; both by their refs. */
export const ReadPlace = z.object({ host: z.string().min(1), datastore: z.string().min(1) });
export type ReadPlace = z.infer<typeof ReadPlace>;

export const DatastoreLatency = z.object({
  datastore: z.string(),
  /** Of one read, on average over the last moments, at the host where that is the longest; null where nothing is told. */
  milliseconds: z.number().nonnegative().nullable(),
});
export type DatastoreLatency = z.infer<typeof DatastoreLatency>;
