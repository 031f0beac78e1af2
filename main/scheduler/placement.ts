/**
 * Chooses the node for a migration. It has all tags, is up, reaches both sides, and has a slot and the room; of several the one with
 * ample room goes first, then with more free slots, the shorter way, the higher rate of late, and at last the most room.
 */
import type { SourceId } from '../shared/connections.ts';
import type { NodeFacts, NodeId, Placement, SchedulerSettings, SlotUse, WaitsFor } from '../shared/schedule.ts';
import { noNode, noSlot, noSpace, noTag, noWay, reasonOf, type Lead } from './placement-words.ts';

/** A node in which a machine fits so often has ample room for it. */
export const AMPLE = 4;
/** Ways that are shorter than this are alike. */
const SHORT_WAY_MS = 4;

export interface Wanted {
  readonly use: Pick<SlotUse, 'source' | 'destination' | 'spaceBytes'>;
  /** That the migration may run on; empty is any. */
  readonly nodes: readonly NodeId[];
  /** That its node must have, all of them. */
  readonly tags: readonly string[];
  /** Where it ran before: taken again when it can be. */
  readonly before: NodeId | null;
}

export type Choice =
  | { readonly kind: 'placed'; readonly placement: Placement }
  /** `nodeToCome`: there it fits as soon as others that run there are over. */
  | { readonly kind: 'waits'; readonly waitsFor: WaitsFor; readonly nodeToCome: NodeId | null };

export type Limits = Pick<SchedulerSettings, 'nodesOfSource'>;

/** What is the same for all migrations between two sides with the same wishes, as long as one decision takes. */
interface Field {
  /** Those that reach both sides, in the order of their ways and rates. */
  readonly nodes: readonly Ranked[];
  /** Why there is none. */
  readonly obstacle: WaitsFor | null;
  /** All slots are taken, and in this decision none becomes free. */
  full: WaitsFor | null;
}

/** A node as the sides of a migration see it. */
interface Ranked {
  readonly node: NodeFacts;
  /** Of connecting to both sides; null where that was not measured. */
  readonly wayMs: number | null;
  /** Of several ways that are as good as alike the same. */
  readonly way: number;
  /** What copies from the source sent there of late; null where none did. */
  readonly rate: number | null;
}

/** The nodes with what is promised of their space; takes count as placements are made. */
export class NodeSpace {
  readonly #nodes: readonly NodeFacts[];
  readonly #limits: Limits;
  readonly #reserved = new Map<NodeId, number>();
  readonly #running = new Map<NodeId, number>();
  readonly #looks = new Map<NodeId, number>();
  readonly #fields = new Map<string, Field>();

  constructor(nodes: readonly NodeFacts[], placed: readonly Placement[], limits: Limits) {
    this.#nodes = nodes;
    this.#limits = limits;
    for (const placement of placed) this.take(placement);
  }

  take({ node, reservedBytes }: Pick<Placement, 'node' | 'reservedBytes'>): void {
    this.#reserved.set(node, this.reservedOf(node) + reservedBytes);
    this.#running.set(node, this.runningOf(node) + 1);
  }

  /** A preflight goes on there: it takes no slot, but others go elsewhere first. */
  look(node: NodeId): void {
    this.#looks.set(node, (this.#looks.get(node) ?? 0) + 1);
  }

  reservedOf(node: NodeId): number {
    return this.#reserved.get(node) ?? 0;
  }

  runningOf(node: NodeId): number {
    return this.#running.get(node) ?? 0;
  }

  /** What may still be promised. */
  leftOf({ id, space }: NodeFacts): number {
    return Math.max(0, space.freeBytes - this.reservedOf(id));
  }

  choose(wanted: Wanted): Choice {
    const field = this.#fieldOf(wanted);
    const { obstacle, full, nodes } = field;
    if (obstacle !== null || full !== null) return waits(obstacle ?? full);
    const { use, tags, before } = wanted;
    const order = this.#orderFor(use.spaceBytes);
    const withSlot: Ranked[] = [];
    let familiar: Ranked | undefined;
    let best: Ranked | undefined;
    let second: Ranked | undefined;
    let fitting = 0;
    for (const one of nodes) {
      const { id, slots = Infinity } = one.node;
      if (this.runningOf(id) >= slots) continue;
      withSlot.push(one);
      if (this.leftOf(one.node) < use.spaceBytes) continue;
      fitting += 1;
      if (id === before) familiar = one;
      if (best === undefined || order(one, best) < 0) [best, second] = [one, best];
      else if (second === undefined || order(one, second) < 0) second = one;
    }
    if (withSlot.length === 0) return waits((field.full = noSlot(nodes.map(({ node }) => node))));
    const chosen = familiar ?? best;
    if (chosen === undefined) return this.#noSpace(withSlot, use.spaceBytes);
    const { node } = chosen;
    const lead: Lead =
      familiar !== undefined
        ? { by: 'before' }
        : second === undefined
          ? { by: 'alone' }
          : this.#leadOf(chosen, second, use.spaceBytes);
    const told = { lead, candidates: fitting, tags, leftBytes: this.leftOf(node), needBytes: use.spaceBytes };
    return { kind: 'placed', placement: { node: node.id, reason: reasonOf(told), reservedBytes: use.spaceBytes } };
  }

  #noSpace(withSlot: readonly Ranked[], need: number): Choice {
    const byRoom = withSlot.map(({ node }) => node).sort((a, b) => this.leftOf(b) - this.leftOf(a) || byName(a, b));
    const toCome = byRoom.find((node) => this.reservedOf(node.id) > 0 && node.space.freeBytes >= need);
    return { kind: 'waits', waitsFor: noSpace(need, byRoom[0], toCome), nodeToCome: toCome?.id ?? null };
  }

  /** First those that are better for a machine which needs so much. */
  #orderFor(need: number): (a: Ranked, b: Ranked) => number {
    return (a, b) =>
      Number(this.#isAmple(b, need)) - Number(this.#isAmple(a, need)) ||
      this.#freeSlotsOf(b) - this.#freeSlotsOf(a) ||
      a.way - b.way ||
      (b.rate ?? 0) - (a.rate ?? 0) ||
      this.leftOf(b.node) - this.leftOf(a.node) ||
      byName(a.node, b.node);
  }

  /** What it is that the better one is better in. */
  #leadOf(one: Ranked, other: Ranked, need: number): Lead {
    if (this.#isAmple(one, need) !== this.#isAmple(other, need)) return { by: 'room' };
    if (this.#freeSlotsOf(one) !== this.#freeSlotsOf(other))
      return { by: 'slots', free: this.#freeSlotsOf(one), of: slotsOf(one.node) };
    if (one.way !== other.way) return { by: 'way', milliseconds: one.wayMs ?? 0 };
    if (one.rate !== other.rate) return { by: 'rate', bytesPerSecond: one.rate ?? 0 };
    return { by: this.leftOf(one.node) === this.leftOf(other.node) ? 'name' : 'room' };
  }

  #isAmple({ node }: Ranked, need: number): boolean {
    return this.leftOf(node) >= AMPLE * need;
  }

  #freeSlotsOf({ node }: Ranked): number {
    return slotsOf(node) - this.runningOf(node.id) - (this.#looks.get(node.id) ?? 0);
  }

  #fieldOf({ use: { source, destination }, nodes, tags }: Wanted): Field {
    const key = [source, destination, nodes.join(' '), tags.join(' ')].join('\n');
    const known = this.#fields.get(key);
    if (known !== undefined) return known;
    const ofSource = this.#limits.nodesOfSource[source];
    const may = ({ id }: NodeFacts): boolean =>
      (ofSource === undefined || ofSource.includes(id)) && (nodes.length === 0 || nodes.includes(id));
    const allowed = this.#nodes.filter(may);
    const tagged =
      tags.length === 0 ? allowed : allowed.filter((node) => tags.every((tag) => node.tags?.includes(tag)));
    const alive = tagged.filter(({ isAlive, isDraining = false }) => isAlive && !isDraining);
    const sides = { source, destination };
    const reaching = alive.filter((node) => missedBy(node, sides).length === 0);
    const field: Field = {
      nodes: reaching.map((node) => rankedFor(node, sides)),
      obstacle: obstacleOf({ allowed, tagged, alive, reaching }, tags, sides),
      full: null,
    };
    this.#fields.set(key, field);
    return field;
  }
}

type Sides = Pick<SlotUse, 'source' | 'destination'>;
type Stages = Readonly<Record<'allowed' | 'tagged' | 'alive' | 'reaching', readonly NodeFacts[]>>;

function obstacleOf(
  { allowed, tagged, alive, reaching }: Stages,
  tags: readonly string[],
  sides: Sides,
): WaitsFor | null {
  if (reaching.length > 0) return null;
  if (alive.length > 0) return noWay(alive.map((node) => ({ node, missed: missedBy(node, sides) })));
  return tagged.length === 0 && allowed.length > 0 ? noTag(tags, allowed) : noNode(tagged);
}

/** What it needs and cannot connect to; what was not measured counts as reached. */
function missedBy({ reach = [] }: NodeFacts, { source, destination }: Sides): ('source' | 'destination')[] {
  const isMissed = (id: string): boolean => reach.some(({ connection, isReached }) => connection === id && !isReached);
  return [...(isMissed(source) ? ['source' as const] : []), ...(isMissed(destination) ? ['destination' as const] : [])];
}

function rankedFor(node: NodeFacts, { source, destination }: Sides): Ranked {
  const { reach = [], moved = [] } = node;
  const msTo = (id: string): number | null => reach.find(({ connection }) => connection === id)?.milliseconds ?? null;
  const [toSource, toDestination] = [msTo(source), msTo(destination)];
  const wayMs = toSource === null || toDestination === null ? null : toSource + toDestination;
  const way = wayMs === null ? Infinity : Math.floor(Math.log2(Math.max(SHORT_WAY_MS, wayMs)));
  return { node, wayMs, way: Number.isFinite(way) ? way : Number.MAX_SAFE_INTEGER, rate: rateFrom(moved, source) };
}

const rateFrom = (moved: NonNullable<NodeFacts['moved']>, from: SourceId): number | null =>
  moved.find(({ source }) => source === from)?.bytesPerSecond ?? null;

/** One that has no slots of its own is as large as its processors. */
const slotsOf = ({ slots, processors }: NodeFacts): number => slots ?? processors;

const byName = (a: NodeFacts, b: NodeFacts): number => (a.id < b.id ? -1 : 1);

const waits = (waitsFor: WaitsFor | null): Choice => {
  if (waitsFor === null) throw new Error('nothing is waited for');
  return { kind: 'waits', waitsFor, nodeToCome: null };
};
