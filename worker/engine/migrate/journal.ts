/** What a migration did, on disk before it is done, and how it stands by that. */
import { z } from 'zod';
import { DestinationAbout, SourceAbout } from '../../../main/shared/connections.ts';
import { ErrorShape } from '../../../main/shared/errors-shape.ts';
import { Given, HandoverId, Peer } from '../../../main/shared/given.ts';
import { InventoryVm } from '../../../main/shared/inventory.ts';
import {
  LedgerItem,
  MigrationOutcome,
  MigrationPlan,
  MigrationRequest,
  MovedDisk,
  type MigrationRecord,
} from '../../../main/shared/migration.ts';
import { Finding } from '../../../main/shared/preflight.ts';
import { Stage } from '../../../main/shared/stages.ts';
import { isAlive } from '../process-mark.ts';

const at = z.iso.datetime();
const Abouts = z.object({ source: SourceAbout, destination: DestinationAbout });

/** Of lines that came from a node which works on a copy. */
const By = z.object({ node: z.string() });

export const MoveEntry = z.discriminatedUnion('what', [
  z.object({ what: z.literal('begun'), request: MigrationRequest }),
  /** A process takes it on, and lets go of it. */
  z.object({ what: z.literal('taken'), pid: z.number().int(), processStart: z.string(), at, by: By.optional() }),
  z.object({ what: z.literal('left'), at }),
  z.object({ what: z.literal('stage'), stage: Stage, at, by: By.optional() }),
  /** Before a byte is copied: the machine as it was, what was found, and what will be made. */
  z.object({
    what: z.literal('planned'),
    vm: InventoryVm,
    plan: MigrationPlan.nullable(),
    findings: z.array(Finding),
    /** What both sides said of themselves then. */
    about: Abouts.nullable().default(null),
  }),
  /** The ledger: written before the call that makes the thing, when its id came back, and when it needs no undoing. */
  z.object({ what: z.literal('making'), item: LedgerItem }),
  z.object({ what: z.literal('made'), key: z.string(), id: z.string() }),
  /** Without `at` in journals of before it was noted. */
  z.object({ what: z.literal('settled'), key: z.string(), at: at.optional() }),
  /** The machine is off, and its guest waits for the new server. */
  z.object({ what: z.literal('stopped'), at }),
  /** With the snapshot that it is of, or the name of another moment; null where its source had none, or Guts did not ask for it yet. */
  z.object({ what: z.literal('copied'), disk: MovedDisk, snapshot: z.string().nullable().default(null) }),
  /** All disks are copied, and the source has shown that they stood still as long as they were read. */
  z.object({ what: z.literal('whole'), at }),
  /** Copies that are of no use any more, because the source went on without them. */
  z.object({ what: z.literal('dropped'), keys: z.array(z.string()) }),
  z.object({ what: z.literal('outcome'), outcome: MigrationOutcome }),
  /** Another Guts has it from this line on, … */
  z.object({ what: z.literal('given'), given: Given }),
  /** … and, in its journal there, this one: it goes on from the stage at which it was given. */
  z.object({ what: z.literal('received'), handover: HandoverId, from: Peer, stage: Stage, at }),
  /** Why it fails, or waits: the stage follows. */
  z.object({ what: z.literal('failed'), error: ErrorShape }),
]);
export type MoveEntry = z.infer<typeof MoveEntry>;

/** A migration by its journal: the record that is shown, and what only the engine needs to go on. */
export interface MoveState {
  readonly record: MigrationRecord;
  readonly vm: InventoryVm | null;
  readonly about: z.infer<typeof Abouts> | null;
  /** The snapshot that each copy is of, by the disk's key. */
  readonly snapshots: ReadonlyMap<string, string | null>;
  /** Nothing has to be looked at again of what was copied. */
  readonly isWhole: boolean;
}

/** @returns null where not even the first line is whole. */
export function stateOf([first, ...entries]: readonly MoveEntry[]): MoveState | null {
  if (first?.what !== 'begun') return null;
  const { request } = first;
  const record: MigrationRecord = {
    request,
    stage: 'planned',
    isRunning: false,
    stages: [{ stage: 'planned', at: request.createdAt }],
    findings: [],
    plan: null,
    disks: [],
    stoppedAt: null,
    stops: [],
    ledger: [],
    outcome: null,
    error: null,
  };
  return entries.reduce(withEntry, { record, vm: null, about: null, snapshots: new Map(), isWhole: false });
}

/** Of a try before, nothing is of use any more: what is left of it is undone first. */
const beforeTry: Pick<MigrationRecord, 'disks' | 'outcome'> = { disks: [], outcome: null };

/** The state after one more entry. */
export function withEntry(state: MoveState, entry: MoveEntry): MoveState {
  const { record } = state;
  const changed = (change: Partial<MigrationRecord>): MoveState => ({ ...state, record: { ...record, ...change } });
  switch (entry.what) {
    case 'begun':
      return state;
    case 'taken':
      // Of a process elsewhere nothing can be said here: the scheduler knows what its nodes are at.
      return changed({ isRunning: entry.by === undefined && isAlive(entry) });
    case 'left':
      return changed({ isRunning: false });
    case 'stage': {
      const { stage, at, by } = entry;
      const isAnew = record.stage === 'failed' && stage === 'preflight';
      const error = stage === 'failed' || stage === 'waiting' ? record.error : null;
      const after = changed({
        ...(isAnew ? beforeTry : {}),
        stage,
        stages: [
          ...record.stages,
          { stage, at, ...(error === null ? {} : { error }), ...(by === undefined ? {} : { node: by.node }) },
        ],
        error,
        // All that was made is the operator's own from this line on.
        ledger: stage === 'done' ? [] : record.ledger,
      });
      // What came this far goes on, also where a journal is of before that was written down.
      return { ...after, isWhole: !isAnew && (state.isWhole || stage === 'provisioning') };
    }
    case 'planned': {
      const { vm, plan, findings, about } = entry;
      return { ...changed({ plan, findings }), vm, about };
    }
    case 'making':
      return changed({ ledger: [...record.ledger.filter(({ key }) => key !== entry.item.key), entry.item] });
    case 'made':
      return changed({
        ledger: record.ledger.map((item) => (item.key === entry.key ? { ...item, id: entry.id } : item)),
      });
    case 'settled': {
      const isPower = record.ledger.some(({ key, kind }) => key === entry.key && kind === 'power');
      const ledger = record.ledger.filter(({ key }) => key !== entry.key);
      if (!isPower) return changed({ ledger });
      const last = record.stops.at(-1);
      const isOff = record.stoppedAt !== null && last !== undefined;
      const stops = isOff ? [...record.stops.slice(0, -1), { ...last, againAt: entry.at ?? null }] : record.stops;
      return changed({ ledger, stoppedAt: null, stops });
    }
    case 'stopped':
      return changed({ stoppedAt: entry.at, stops: [...record.stops, { at: entry.at, againAt: null }] });
    case 'copied': {
      const copied = [...record.disks.filter(({ key }) => key !== entry.disk.key), entry.disk];
      const places = new Map(record.plan?.disks.map(({ key }, place) => [key, place]));
      const placeOf = ({ key }: MovedDisk): number => places.get(key) ?? places.size;
      const disks = copied.sort((a, b) => placeOf(a) - placeOf(b)); // a smaller one may be done first
      const snapshots = new Map([...state.snapshots, [entry.disk.key, entry.snapshot]]);
      return { ...changed({ disks }), snapshots, isWhole: false };
    }
    case 'whole':
      return { ...state, isWhole: true };
    case 'dropped':
      return { ...changed({ disks: record.disks.filter(({ key }) => !entry.keys.includes(key)) }), isWhole: false };
    case 'outcome':
      // Measured here, as journals from before hold the watching of the console as well.
      return changed({ outcome: { ...entry.outcome, downtimeSeconds: downtimeOf(record) } });
    case 'given': {
      const { given } = entry;
      return changed({ stage: 'given', stages: [...record.stages, { stage: 'given', at: given.at }], given });
    }
    case 'received': {
      const { stage, at } = entry;
      const { given: _here, ...rest } = record;
      return { ...state, record: { ...rest, stage, stages: [...record.stages, { stage, at }] } };
    }
    case 'failed':
      return changed({ error: entry.error });
  }
}

/** From the moment the machine was off until its server was active, which is when it began to boot; null where it was not stopped. */
export function downtimeOf({ stoppedAt, stages }: Pick<MigrationRecord, 'stoppedAt' | 'stages'>): number | null {
  const booting = stages.findLast(({ stage }) => stage === 'booting');
  if (stoppedAt === null || booting === undefined) return null;
  return Math.max(0, Date.parse(booting.at) - Date.parse(stoppedAt)) / 1000;
}
