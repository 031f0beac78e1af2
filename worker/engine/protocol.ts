/** The only way into the engine: requests and events between its thread and whoever hosts it. */
import { z } from 'zod';
import { DoctorStep } from '../../main/shared/doctor.ts';
import { ErrorShape } from '../../main/shared/errors-shape.ts';
import type { InventoryLines } from '../../main/shared/inventory-lines.ts';
import { Progress } from '../../main/shared/jobs.ts';
import { DatastoreLatency } from '../../main/shared/latency.ts';
import { Stage } from '../../main/shared/stages.ts';

const id = z.number().int().nonnegative();

export const EngineRequest = z.discriminatedUnion('kind', [
  /** The table of rates (main/shared/rates.ts) that jobs which come later are limited by; the host keeps hold of it. */
  z.object({ id, kind: z.literal('rates'), table: z.instanceof(SharedArrayBuffer) }),
  /** The job is parsed by the schema of its kind where it is run. */
  z.object({ id, kind: z.literal('run'), job: z.looseObject({ kind: z.string() }) }),
  /** Stops the job that was asked for under this id; the job then fails with `job.cancelled`. */
  z.object({ id, kind: z.literal('cancel') }),
  /** What the journals' keeper says to the question of that number; `goodForMs` is null where somebody else has the migration. */
  z.object({ id, kind: z.literal('answered'), number: id, goodForMs: z.number().nonnegative().nullable() }),
  /** Somebody else has the migration of this job: it stops where it stands, and undoes nothing. */
  z.object({ id, kind: z.literal('fence') }),
  /** Cancels what runs, waits until that is undone, and ends the thread. */
  z.object({ id, kind: z.literal('end') }),
]);
export type EngineRequest = z.infer<typeof EngineRequest>;

export const EngineEvent = z.discriminatedUnion('kind', [
  z.object({ id, kind: z.literal('stage'), stage: Stage }),
  z.object({ id, kind: z.literal('progress'), progress: Progress }),
  /** A part of an inventory, which the engine's own parser has checked already; as text, which crosses threads at once. */
  z.object({ id, kind: z.literal('page'), page: z.custom<InventoryLines>() }),
  z.object({ id, kind: z.literal('step'), step: DoctorStep }),
  z.object({ id, kind: z.literal('latency'), latencies: z.array(DatastoreLatency) }),
  /** An entry of a journal that the host does not keep itself, to be taken where it is kept; null only asks. Is answered. */
  z.object({ id, kind: z.literal('asked'), number: id, entry: z.unknown() }),
  /** `result` is of the job's own shape; see `JobResults`. Whoever gets it removes `kept` after telling it. */
  z.object({ id, kind: z.literal('done'), result: z.unknown(), kept: z.array(z.string()) }),
  /** `detail` is for a log on this machine: it may name files and lines of Guts itself. */
  z.object({ id, kind: z.literal('failed'), error: ErrorShape, detail: z.string() }),
]);
export type EngineEvent = z.infer<typeof EngineEvent>;
