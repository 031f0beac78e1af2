/** What the queue knows of each migration, and the lines of its journal that make it so. */
import { z } from 'zod';
import { MigrationId } from '../shared/migration.ts';
import { NodeId, Placement, Schedule, SlotUse, WaitsFor } from '../shared/schedule.ts';
import { Stage } from '../shared/stages.ts';

/** What somebody wants of a migration; `pause` until it stands still, then `none`. */
export const Wish = z.enum(['none', 'run', 'pause', 'cancel']);
export type Wish = z.infer<typeof Wish>;

/** It was tried and will be tried again. */
export const Trouble = z.object({
  /** In a row. */
  tries: z.number().int().positive(),
  until: z.iso.datetime(),
  /** `space`: a disk of the node was full. */
  reason: z.enum(['trouble', 'space']),
  says: z.string(),
  /** Of the error. */
  code: z.string().optional(),
});
export type Trouble = z.infer<typeof Trouble>;

/** Whoever has the highest token of a migration may work on it; nobody else's word about it counts. */
export const Hold = z.object({ node: NodeId, token: z.number().int().positive() });
export type Hold = z.infer<typeof Hold>;

export const QueueEntry = z.object({
  id: MigrationId,
  /** By age: the higher, the later it was put into the queue. */
  number: z.number().int().nonnegative(),
  schedule: Schedule,
  wish: Wish,
  /** What it takes of slots and space; null until preflight has passed. */
  use: SlotUse.nullable(),
  /** Where it runs, or ran last. */
  placement: Placement.nullable(),
  /** To whom it was given last, and how often it was given; null while only this process has had it. */
  hold: Hold.nullable().default(null),
  /** It holds its slots and its space: it runs, or was interrupted and goes on first. */
  isAdmitted: z.boolean(),
  trouble: Trouble.nullable(),
  waitsFor: WaitsFor.nullable(),
});
export type QueueEntry = z.infer<typeof QueueEntry>;

const id = { id: MigrationId };
const at = { at: z.iso.datetime() };

export const QueueLine = z.discriminatedUnion('what', [
  /** How things stood when the journal was written anew. */
  z.object({ what: z.literal('kept'), entry: QueueEntry }),
  z.object({ what: z.literal('scheduled'), ...id, schedule: Schedule, ...at }),
  /** A wish to run gives it its place in the queue; null where it keeps the one that it has. */
  z.object({ what: z.literal('wished'), ...id, wish: Wish, number: z.number().int().positive().nullable(), ...at }),
  /** Preflight passed: this is what it will take. */
  z.object({ what: z.literal('measured'), ...id, use: SlotUse, ...at }),
  z.object({ what: z.literal('admitted'), ...id, placement: Placement, ...at }),
  /** From now on this node may work on it, and none before. */
  z.object({ what: z.literal('handed'), ...id, hold: Hold, ...at }),
  /** Its slots and its space are free again. */
  z.object({ what: z.literal('released'), ...id, stage: Stage, ...at }),
  z.object({ what: z.literal('troubled'), ...id, trouble: Trouble.nullable(), ...at }),
  z.object({ what: z.literal('waits'), ...id, waitsFor: WaitsFor.nullable(), ...at }),
  z.object({ what: z.literal('forgotten'), ...id, ...at }),
]);
export type QueueLine = z.infer<typeof QueueLine>;

export type Entries = ReadonlyMap<MigrationId, QueueEntry>;

/** Changes `entries` as the line says. A line about one that is not known changes nothing. */
export function apply(entries: Map<MigrationId, QueueEntry>, line: QueueLine): void {
  if (line.what === 'kept') {
    entries.set(line.entry.id, line.entry);
    return;
  }
  if (line.what === 'forgotten') {
    entries.delete(line.id);
    return;
  }
  const before = entries.get(line.id);
  if (line.what === 'scheduled') entries.set(line.id, { ...(before ?? fresh(line)), schedule: line.schedule });
  else if (before !== undefined) entries.set(line.id, { ...before, ...changeBy(line, before) });
}

const fresh = ({ id, schedule }: Pick<QueueEntry, 'id' | 'schedule'>): QueueEntry => ({
  id,
  number: 0,
  schedule,
  wish: 'none',
  use: null,
  placement: null,
  hold: null,
  isAdmitted: false,
  trouble: null,
  waitsFor: null,
});

type Change = Exclude<QueueLine, { what: 'kept' | 'forgotten' | 'scheduled' }>;

function changeBy(line: Change, before: QueueEntry): Partial<QueueEntry> {
  switch (line.what) {
    case 'wished':
      return { wish: line.wish, number: line.number ?? before.number, trouble: null, waitsFor: null };
    case 'measured':
      return { use: line.use };
    case 'admitted':
      return { placement: line.placement, isAdmitted: true, waitsFor: null };
    case 'handed':
      return { hold: line.hold };
    case 'released':
      return { isAdmitted: false };
    case 'troubled':
      return { trouble: line.trouble };
    case 'waits':
      return { waitsFor: line.waitsFor };
  }
}
