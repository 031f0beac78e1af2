/** What Guts tells whoever listens: changes of migrations, connections, nodes, and how far copies are. */
import { z } from 'zod';
import { SourceId } from './connections.ts';
import { DoctorStep } from './doctor.ts';
import { Progress } from './jobs.ts';
import { MigrationId } from './migration.ts';
import { PlanId, Placement, SlowedBy, WaitsFor } from './schedule.ts';
import { Stage } from './stages.ts';

export const GutsEvent = z.discriminatedUnion('kind', [
  /** Its stage, its place in the queue, what it waits for or what slows it has changed. */
  z.object({
    kind: z.literal('migration'),
    id: MigrationId,
    vm: z.string(),
    stage: Stage,
    isRunning: z.boolean(),
    isQueued: z.boolean(),
    waitsFor: WaitsFor.nullable(),
    placement: Placement.nullable(),
    slowedBy: SlowedBy.nullable(),
  }),
  z.object({ kind: z.literal('migration.deleted'), id: MigrationId }),
  /** At most twice a second for each disk. Not kept: who was away asks for the migration itself. */
  z.object({ kind: z.literal('progress'), id: MigrationId, progress: Progress }),
  z.object({ kind: z.literal('plan'), id: PlanId }),
  z.object({ kind: z.literal('connection'), side: z.enum(['source', 'destination']), id: z.string() }),
  z.object({ kind: z.literal('inventory'), source: z.string(), vms: z.number().int().nonnegative() }),
  /** An inventory is being read, and has so many machines so far. At most twice a second; not kept. */
  z.object({ kind: z.literal('inventory.reading'), source: z.string(), vms: z.number().int().nonnegative() }),
  /** The path doctor has seen this; `run` is what whoever asked for it called it. Not kept: the report has all steps. */
  z.object({ kind: z.literal('doctor.step'), run: z.string(), step: DoctorStep }),
  z.object({ kind: z.literal('settings') }),
  /** Something about a source that should be known, although nothing fails of it. */
  z.object({ kind: z.literal('warning'), source: SourceId, says: z.string() }),
  /** A node has come, gone or changed; `says` is what should be known about that. */
  z.object({ kind: z.literal('node'), node: z.string(), says: z.string().nullable() }),
  /** Events were missed that are not kept any more: ask for everything anew. */
  z.object({ kind: z.literal('gap') }),
]);
export type GutsEvent = z.infer<typeof GutsEvent>;

/** Only of use at the moment: the next of its kind says more, and nobody is told later. */
export const isFleeting = ({ kind }: GutsEvent): boolean =>
  kind === 'progress' || kind === 'inventory.reading' || kind === 'doctor.step';

/** An event with its number, which grows by one within a run of the server; fleeting ones have that of the event before them. */
export interface NumberedEvent {
  /** `RUN-NUMBER`; opaque to listeners, who give it back as Last-Event-ID. */
  readonly id: string;
  readonly at: string;
  readonly event: GutsEvent;
}
