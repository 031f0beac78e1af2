/** Who starts now and where, who is looked at first, and what everybody else waits for. Reads no clock and no disk. */
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
import { filed } from './filed.ts';
import { NodeSpace } from './placement.ts';
import { inOrder } from './queue.ts';
import { sharedKeysOf, SlotCount, type NameOf } from './slots.ts';
import { Waves, type ElsewhereOf, type StageOf } from './waves.ts';
import { isOpen, nextEdge, nextOpening } from '../shared/windows.ts';

export interface Situation {
  readonly nowMs: number;
  /** Everything that the queue knows and that is not over, or wanted again. */
  readonly entries: readonly QueueEntry[];
  readonly stageOf: StageOf;
  readonly elsewhereOf?: ElsewhereOf | undefined;
  readonly endsOf: (id: MigrationId) => Pick<SlotUse, 'source' | 'destination'> | null;
  /** That its node must have. */
  readonly tagsOf: (id: MigrationId) => readonly string[];
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
  readonly stage: Stage | null;
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
  const perPlan = new Map<PlanId | null, number>();
  const candidates: Candidate[] = [];
  for (const entry of entries) {
    const { id, number, schedule, wish, isAdmitted } = entry;
    if (isAdmitted) perPlan.set(schedule.plan, (perPlan.get(schedule.plan) ?? 0) + 1);
    else if (wish === 'run') {
      const stage = stageOf(id);
      const isUnderway = stage !== 'queued' && !needsPreflight(stage);
      candidates.push({ entry, number, stage, isUnderway, schedule });
    }
  }
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
  /** Those that could start but for slots or space, by what they need that others may take. */
  readonly #blocked = new Map<string, MigrationId[]>();
  readonly #overtaken = new Map<MigrationId, number>();
  /** Many migrations have the same. */
  readonly #windows = new Map<string, WaitsFor | null>();
  /** When windows that are open now may close. */
  readonly #edges: number[] = [];

  constructor(situation: Situation) {
    const { settings, nodes, nameOf, entries, stageOf, elsewhereOf, inPreflight } = situation;
    this.#situation = situation;
    this.#slots = new SlotCount(settings.slots, nameOf);
    const placed: Placement[] = [];
    for (const { isAdmitted, use, placement } of entries) {
      if (isAdmitted && use !== null) this.#slots.take(use);
      if (isAdmitted && placement !== null) placed.push(placement);
    }
    this.#space = new NodeSpace(nodes, placed, settings);
    for (const { id, hold } of entries) if (hold !== null && inPreflight.has(id)) this.#space.look(hold.node);
    this.#waves = new Waves(entries, stageOf, elsewhereOf);
  }

  decide(order: readonly Candidate[]): Decision {
    const { inPreflight, settings } = this.#situation;
    let looksLeft = settings.preflights - inPreflight.size;
    for (const candidate of order) {
      const { entry, stage } = candidate;
      if (inPreflight.has(entry.id)) continue;
      const isChecked = entry.use !== null && !needsPreflight(stage);
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
    return (
      heldBy(entry) ??
      this.#trouble(entry) ??
      (isUnderway ? null : (this.#notYet(entry) ?? this.#window(entry) ?? this.#waves.inTheWay(entry)))
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
    const missing = this.#slots.missing(use);
    if (missing !== null) {
      this.#waits.set(id, missing);
      this.#keepFor(id, use, null);
      return;
    }
    const tags = this.#situation.tagsOf(id);
    const choice = this.#space.choose({ use, nodes: schedule.nodes, tags, before: before?.node ?? null });
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
    this.#overtake(use, placement);
  }

  #overtake(use: SlotUse, { node }: Placement): void {
    const behind = new Set<MigrationId>();
    for (const key of [...sharedKeysOf(use), spaceKey(node)])
      for (const one of this.#blocked.get(key) ?? []) behind.add(one);
    for (const one of behind) this.#overtaken.set(one, (this.#overtaken.get(one) ?? 0) + 1);
  }

  /** Preflight needs no space. @returns whether there is a node for it */
  #look({ id, schedule }: QueueEntry): boolean {
    const ends = this.#situation.endsOf(id);
    if (ends === null) return false; // gone meanwhile
    const tags = this.#situation.tagsOf(id);
    const choice = this.#space.choose({ use: { ...ends, spaceBytes: 0 }, nodes: schedule.nodes, tags, before: null });
    if (choice.kind === 'waits') {
      this.#waits.set(id, choice.waitsFor);
      return false;
    }
    const { node } = choice.placement;
    this.#preflights.push({ id, node });
    this.#space.look(node);
    return true;
  }

  /** @param node that has the space as soon as others there are over; null where it is slots that are missing */
  #keepFor(id: MigrationId, use: SlotUse, node: NodeId | null): void {
    const overtaken = this.#situation.overtaken.get(id) ?? 0;
    if (overtaken > 0) this.#overtaken.set(id, overtaken);
    if (this.#slots.isFull) return; // nobody comes behind it any more
    for (const key of sharedKeysOf(use)) filed(this.#blocked, key, () => []).push(id);
    if (node !== null) filed(this.#blocked, spaceKey(node), () => []).push(id);
    if (overtaken < MOST_OVERTAKEN) this.#slots.keepShort(use);
    else {
      this.#slots.keepAll(use);
      if (node !== null) this.#space.take({ node, reservedBytes: use.spaceBytes });
    }
  }

  #lookAgainAt(): number | null {
    const { nowMs } = this.#situation;
    let first = Infinity;
    for (const edgeMs of this.#edges) first = Math.min(first, edgeMs);
    for (const { reason, until } of this.#waits.values()) {
      if (until !== null) first = Math.min(first, Date.parse(until));
      else if (reason === 'space' || reason === 'node') first = Math.min(first, nowMs + LOOK_AT_NODES_MS);
    }
    return first === Infinity ? null : first;
  }
}

const spaceKey = (node: NodeId): string => `space ${node}`;

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
