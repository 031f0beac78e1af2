/** Who starts now and where, who is looked at first, and what everybody else waits for. Reads no clock and no disk. */
import type { SourceId } from '../shared/connections.ts';
import type { MigrationId } from '../shared/migration.ts';
import type {
  NodeFacts,
  NodeId,
  Placement,
  PlanId,
  SchedulerSettings,
  SlotUse,
  TimeWindow,
  WaitsFor,
} from '../shared/schedule.ts';
import type { Stage } from '../shared/stages.ts';
import type { QueueEntry } from './entries.ts';
import { choosePlace, NodeSpace } from './placement.ts';
import { inOrder } from './queue.ts';
import { SlotCount, type NameOf } from './slots.ts';
import { Waves, type StageOf } from './waves.ts';
import { isOpen, nextEdge, nextOpening } from '../shared/windows.ts';

export interface Situation {
  readonly nowMs: number;
  /** Everything that the queue knows. */
  readonly entries: readonly QueueEntry[];
  readonly stageOf: StageOf;
  readonly sourceOf: (id: MigrationId) => SourceId | null;
  readonly settings: SchedulerSettings;
  readonly nodes: readonly NodeFacts[];
  /** Migrations that are looked at right now. */
  readonly inPreflight: ReadonlySet<MigrationId>;
  /** How often others took slots or space that it needs as well, while it waited in front of them. */
  readonly overtaken: ReadonlyMap<MigrationId, number>;
  readonly nameOf: NameOf;
}

export interface Decision {
  readonly starts: readonly { readonly id: MigrationId; readonly placement: Placement }[];
  readonly preflights: readonly { readonly id: MigrationId; readonly node: NodeId }[];
  /** Of all that are in the queue and neither run nor start now. */
  readonly waits: ReadonlyMap<MigrationId, WaitsFor>;
  readonly overtaken: ReadonlyMap<MigrationId, number>;
  /** When this would be decided differently although nothing else has changed. */
  readonly lookAgainAtMs: number | null;
}

/** Whoever was overtaken that often gets what it needs as soon as that is free, even if it lies idle until then. */
export const MOST_OVERTAKEN = 16;

/** Room on a disk and nodes that come up tell nobody. */
const LOOK_AT_NODES_MS = 30_000;

/** Nothing was found out yet, or not anew since it failed. */
export const needsPreflight = (stage: Stage | null): boolean =>
  stage === null || stage === 'planned' || stage === 'preflight' || stage === 'failed';

export interface Candidate {
  readonly entry: QueueEntry;
  readonly number: number;
  readonly isUnderway: boolean;
  readonly schedule: QueueEntry['schedule'];
}

export function decide(situation: Situation): Decision {
  const { settings, inPreflight } = situation;
  const order = queueOf(situation);
  if (settings.isPaused) return nothing(order, inPreflight);
  return new Round(situation).decide(order);
}

/** Those that want to run and do not, first to start first. */
export function queueOf({ entries, stageOf }: Pick<Situation, 'entries' | 'stageOf'>): readonly Candidate[] {
  const perPlan = countBy(
    entries.filter(({ isAdmitted }) => isAdmitted),
    ({ schedule }) => schedule.plan,
  );
  const candidates = entries
    .filter(({ wish, isAdmitted }) => wish === 'run' && !isAdmitted)
    .map((entry): Candidate => {
      const stage = stageOf(entry.id);
      const isUnderway = stage !== 'queued' && !needsPreflight(stage);
      return { entry, number: entry.number, isUnderway, schedule: entry.schedule };
    });
  return inOrder(candidates, (plan: PlanId | null) => perPlan.get(plan) ?? 0);
}

/** One decision: what is taken by those who come first is not there for those behind them. */
class Round {
  readonly #situation: Situation;
  readonly #slots: SlotCount;
  readonly #space: NodeSpace;
  readonly #waves: Waves;
  readonly #starts: { id: MigrationId; placement: Placement }[] = [];
  readonly #preflights: { id: MigrationId; node: NodeId }[] = [];
  readonly #waits = new Map<MigrationId, WaitsFor>();
  /** Those that could start but for slots or space, in order. */
  readonly #blocked: { readonly id: MigrationId; readonly use: SlotUse; readonly node: NodeId | null }[] = [];
  readonly #overtaken = new Map<MigrationId, number>();
  /** Many migrations have the same. */
  readonly #windows = new Map<string, WaitsFor | null>();
  /** When windows that are open now may close. */
  readonly #edges: number[] = [];

  constructor(situation: Situation) {
    const { settings, nodes, nameOf, entries, stageOf } = situation;
    const running = entries.filter(({ isAdmitted }) => isAdmitted);
    this.#situation = situation;
    this.#slots = new SlotCount(settings.slots, nameOf);
    for (const { use } of running) if (use !== null) this.#slots.take(use);
    this.#space = new NodeSpace(
      nodes,
      running.flatMap(({ placement }) => placement ?? []),
    );
    this.#waves = new Waves(
      entries.map(({ id, schedule, wish }) => ({ id, schedule, isWished: wish === 'run' })),
      stageOf,
    );
  }

  decide(order: readonly Candidate[]): Decision {
    const { inPreflight, settings, stageOf } = this.#situation;
    let looksLeft = settings.preflights - inPreflight.size;
    for (const candidate of order) {
      const { entry } = candidate;
      if (inPreflight.has(entry.id)) continue;
      const isChecked = entry.use !== null && !needsPreflight(stageOf(entry.id));
      const gate = isChecked ? this.#gate(candidate) : (heldBy(entry) ?? this.#trouble(entry));
      if (gate !== null) this.#waits.set(entry.id, gate);
      else if (entry.use !== null && isChecked) this.#place(entry, entry.use);
      else if (looksLeft <= 0) this.#waits.set(entry.id, noPreflight);
      else if (this.#look(entry)) looksLeft -= 1;
    }
    return {
      starts: this.#starts,
      preflights: this.#preflights,
      waits: this.#waits,
      overtaken: this.#overtaken,
      lookAgainAtMs: this.#lookAgainAt(),
    };
  }

  /** What has nothing to do with slots and space. Once it is under way, only those count that somebody set since. */
  #gate({ entry, isUnderway }: Candidate): WaitsFor | null {
    const member = { id: entry.id, schedule: entry.schedule, isWished: true };
    return (
      heldBy(entry) ??
      this.#trouble(entry) ??
      (isUnderway ? null : (this.#notYet(entry) ?? this.#window(entry) ?? this.#waves.inTheWay(member)))
    );
  }

  #trouble({ trouble }: QueueEntry): WaitsFor | null {
    if (trouble === null || Date.parse(trouble.until) <= this.#situation.nowMs) return null;
    const { reason, says, until } = trouble;
    return { reason, says, until };
  }

  #notYet({ schedule: { notBefore } }: QueueEntry): WaitsFor | null {
    if (notBefore === null || Date.parse(notBefore) <= this.#situation.nowMs) return null;
    return { reason: 'notBefore', says: 'It may not start before that time.', until: notBefore };
  }

  #window({ schedule: { window } }: QueueEntry): WaitsFor | null {
    if (window === null) return null;
    const { opens, minutes, timeZone } = window;
    const key = `${timeZone} ${opens} ${minutes}`;
    const known = this.#windows.get(key);
    if (known !== undefined) return known;
    const state = this.#windowNow(window);
    this.#windows.set(key, state);
    return state;
  }

  #windowNow(window: TimeWindow): WaitsFor | null {
    const { nowMs } = this.#situation;
    const { opens, timeZone } = window;
    if (isOpen(window, nowMs)) {
      const edgeMs = nextEdge(window, nowMs);
      if (edgeMs !== null) this.#edges.push(edgeMs);
      return null;
    }
    const opensMs = nextOpening(window, nowMs);
    if (opensMs === null)
      return { reason: 'window', says: `Its window “${opens}” does not open any more.`, until: null };
    const until = new Date(opensMs).toISOString();
    return { reason: 'window', says: `Its window “${opens}” (${timeZone}) is closed.`, until };
  }

  #place({ id, schedule, placement: before }: QueueEntry, use: SlotUse): void {
    const { settings } = this.#situation;
    const missing = this.#slots.missing(use);
    if (missing !== null) {
      this.#waits.set(id, { ...missing, until: null });
      this.#keepFor(id, use, null);
      return;
    }
    const wanted = { use, nodes: schedule.nodes, before: before?.node ?? null };
    const choice = choosePlace(wanted, this.#space, settings.nodesOfSource);
    if (choice.kind === 'waits') {
      this.#waits.set(id, choice.waitsFor);
      // What has nowhere to run takes nothing from anybody.
      if (choice.nodeToCome !== null) this.#keepFor(id, use, choice.nodeToCome);
      return;
    }
    const { placement } = choice;
    this.#starts.push({ id, placement });
    this.#slots.take(use);
    this.#space.take(placement);
    for (const one of this.#blocked)
      if (one.node === placement.node || this.#slots.shares(use, one.use))
        this.#overtaken.set(one.id, (this.#overtaken.get(one.id) ?? 0) + 1);
  }

  /** Preflight needs no space. @returns whether there is a node for it */
  #look({ id, schedule }: QueueEntry): boolean {
    const source = this.#situation.sourceOf(id);
    if (source === null) return false; // gone meanwhile
    const wanted = { use: { source, spaceBytes: 0 }, nodes: schedule.nodes, before: null };
    const choice = choosePlace(wanted, this.#space, this.#situation.settings.nodesOfSource);
    if (choice.kind === 'placed') this.#preflights.push({ id, node: choice.placement.node });
    else this.#waits.set(id, choice.waitsFor);
    return choice.kind === 'placed';
  }

  /** @param node that has the space as soon as others there are over; null where it is slots that are missing */
  #keepFor(id: MigrationId, use: SlotUse, node: NodeId | null): void {
    const overtaken = this.#situation.overtaken.get(id) ?? 0;
    if (overtaken > 0) this.#overtaken.set(id, overtaken);
    if (this.#slots.isFull) return; // nobody comes behind it any more
    this.#blocked.push({ id, use, node });
    if (overtaken < MOST_OVERTAKEN) this.#slots.keepShort(use);
    else {
      this.#slots.keepAll(use);
      if (node !== null) this.#space.take({ node, reservedBytes: use.spaceBytes });
    }
  }

  #lookAgainAt(): number | null {
    const { nowMs } = this.#situation;
    const times = [...this.#waits.values()].flatMap(({ reason, until }) => {
      if (until !== null) return Date.parse(until);
      return reason === 'space' || reason === 'node' ? nowMs + LOOK_AT_NODES_MS : [];
    });
    const all = [...times, ...this.#edges];
    return all.length === 0 ? null : all.reduce((first, time) => Math.min(first, time));
  }
}

const heldBy = ({ schedule }: QueueEntry): WaitsFor | null =>
  schedule.isHeld ? { reason: 'hold', says: 'It is held until somebody releases it.', until: null } : null;

export const schedulerPaused: WaitsFor = {
  reason: 'hold',
  says: 'Nothing starts as long as the scheduler is paused.',
  until: null,
};

const noPreflight: WaitsFor = {
  reason: 'slot',
  says: 'As many migrations as may be are in preflight.',
  until: null,
};

function nothing(order: readonly Candidate[], inPreflight: ReadonlySet<MigrationId>): Decision {
  const waits = order
    .filter(({ entry }) => !inPreflight.has(entry.id))
    .map(({ entry }) => [entry.id, schedulerPaused] as const);
  return { starts: [], preflights: [], waits: new Map(waits), overtaken: new Map(), lookAgainAtMs: null };
}

function countBy<T, K>(all: readonly T[], keyOf: (one: T) => K): ReadonlyMap<K, number> {
  const counts = new Map<K, number>();
  for (const one of all) counts.set(keyOf(one), (counts.get(keyOf(one)) ?? 0) + 1);
  return counts;
}
