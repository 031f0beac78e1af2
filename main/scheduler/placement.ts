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

/** A node with what of it is taken: looked at for each of thousands of migrations. */
interface Place {
  readonly node: NodeFacts;
  readonly slots: number;
  /** One that has no slots of its own is as large as its processors. */
  readonly size: number;
  reservedBytes: number;
  running: number;
  looks: number;
}

/** A node as the sides of a migration see it. */
interface Ranked {
  readonly place: Place;
  /** Of connecting to both sides; null where that was not measured. */
  readonly wayMs: number | null;
  /** Of several ways that are as good as alike the same. */
  readonly way: number;
  /** What copies from the source sent there of late; null where none did. */
  readonly rate: number | null;
}

/** The nodes with what is promised of their space; takes count as placements are made. */
export class NodeSpace {
  readonly #places: ReadonlyMap<NodeId, Place>;
  readonly #limits: Limits;
  readonly #fields = new Map<string, Field>();

  constructor(nodes: readonly NodeFacts[], placed: readonly Placement[], limits: Limits) {
    this.#places = new Map(nodes.map((node) => [node.id, placeOf(node)]));
    this.#limits = limits;
    for (const placement of placed) this.take(placement);
  }

  take({ node, reservedBytes }: Pick<Placement, 'node' | 'reservedBytes'>): void {
    const place = this.#places.get(node);
    if (place === undefined) return; // gone meanwhile
    place.reservedBytes += reservedBytes;
    place.running += 1;
  }

  /** A preflight goes on there: it takes no slot, but others go elsewhere first. */
  look(node: NodeId): void {
    const place = this.#places.get(node);
    if (place !== undefined) place.looks += 1;
  }

  choose(wanted: Wanted): Choice {
    const field = this.#fieldOf(wanted);
    const { obstacle, full, nodes } = field;
    if (obstacle !== null || full !== null) return waits(obstacle ?? full);
    const { use, tags, before } = wanted;
    const need = use.spaceBytes;
    let familiar: Ranked | undefined;
    let best: Ranked | undefined;
    let second: Ranked | undefined;
    let fitting = 0;
    let withSlot = 0;
    for (const one of nodes) {
      const { place } = one;
      if (place.running >= place.slots) continue;
      withSlot += 1;
      if (leftOf(place) < need) continue;
      fitting += 1;
      if (place.node.id === before) familiar = one;
      if (best === undefined || order(one, best, need) < 0) [best, second] = [one, best];
      else if (second === undefined || order(one, second, need) < 0) second = one;
    }
    if (withSlot === 0) return waits((field.full = noSlot(nodes.map(({ place }) => place.node))));
    const chosen = familiar ?? best;
    if (chosen === undefined) return noRoom(nodes, need);
    const { place } = chosen;
    const lead: Lead =
      familiar !== undefined ? { by: 'before' } : second === undefined ? { by: 'alone' } : leadOf(chosen, second, need);
    const told = { lead, candidates: fitting, tags, leftBytes: leftOf(place), needBytes: need };
    return { kind: 'placed', placement: { node: place.node.id, reason: reasonOf(told), reservedBytes: need } };
  }

  #fieldOf({ use: { source, destination }, nodes, tags }: Wanted): Field {
    const key = [source, destination, nodes.join(' '), tags.join(' ')].join('\n');
    const known = this.#fields.get(key);
    if (known !== undefined) return known;
    const ofSource = this.#limits.nodesOfSource[source];
    const may = ({ id }: NodeFacts): boolean =>
      (ofSource === undefined || ofSource.includes(id)) && (nodes.length === 0 || nodes.includes(id));
    const allowed = [...this.#places.values()].map(({ node }) => node).filter(may);
    const tagged =
      tags.length === 0 ? allowed : allowed.filter((node) => tags.every((tag) => node.tags?.includes(tag)));
    const alive = tagged.filter(({ isAlive, isDraining = false }) => isAlive && !isDraining);
    const sides = { source, destination };
    const reaching = alive.filter((node) => missedBy(node, sides).length === 0);
    const field: Field = {
      nodes: reaching.flatMap((node) => {
        const place = this.#places.get(node.id);
        return place === undefined ? [] : [rankedFor(place, sides)];
      }),
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

function rankedFor(place: Place, { source, destination }: Sides): Ranked {
  const { reach = [], moved = [] } = place.node;
  const msTo = (id: string): number | null => reach.find(({ connection }) => connection === id)?.milliseconds ?? null;
  const [toSource, toDestination] = [msTo(source), msTo(destination)];
  const wayMs = toSource === null || toDestination === null ? null : toSource + toDestination;
  const way = wayMs === null ? Infinity : Math.floor(Math.log2(Math.max(SHORT_WAY_MS, wayMs)));
  return { place, wayMs, way: Number.isFinite(way) ? way : Number.MAX_SAFE_INTEGER, rate: rateFrom(moved, source) };
}

const rateFrom = (moved: NonNullable<NodeFacts['moved']>, from: SourceId): number | null =>
  moved.find(({ source }) => source === from)?.bytesPerSecond ?? null;

const placeOf = (node: NodeFacts): Place => ({
  node,
  slots: node.slots ?? Infinity,
  size: node.slots ?? node.processors,
  reservedBytes: 0,
  running: 0,
  looks: 0,
});

/** What may still be promised. */
const leftOf = ({ node, reservedBytes }: Place): number => Math.max(0, node.space.freeBytes - reservedBytes);
const isAmple = (place: Place, need: number): boolean => leftOf(place) >= AMPLE * need;
const freeSlotsOf = ({ size, running, looks }: Place): number => size - running - looks;

/** First those that are better for a machine which needs so much. */
function order(a: Ranked, b: Ranked, need: number): number {
  return (
    Number(isAmple(b.place, need)) - Number(isAmple(a.place, need)) ||
    freeSlotsOf(b.place) - freeSlotsOf(a.place) ||
    a.way - b.way ||
    (b.rate ?? 0) - (a.rate ?? 0) ||
    leftOf(b.place) - leftOf(a.place) ||
    byName(a.place.node, b.place.node)
  );
}

/** What it is that the better one is better in. */
function leadOf(one: Ranked, other: Ranked, need: number): Lead {
  if (isAmple(one.place, need) !== isAmple(other.place, need)) return { by: 'room' };
  const free = freeSlotsOf(one.place);
  if (free !== freeSlotsOf(other.place)) return { by: 'slots', free, of: one.place.size };
  if (one.way !== other.way) return { by: 'way', milliseconds: one.wayMs ?? 0 };
  if (one.rate !== other.rate) return { by: 'rate', bytesPerSecond: one.rate ?? 0 };
  return { by: leftOf(one.place) === leftOf(other.place) ? 'name' : 'room' };
}

/** Where there are slots and no room. */
function noRoom(nodes: readonly Ranked[], need: number): Choice {
  const byRoom = nodes
    .map(({ place }) => place)
    .filter(({ running, slots }) => running < slots)
    .sort((a, b) => leftOf(b) - leftOf(a) || byName(a.node, b.node));
  const toCome = byRoom.find(({ node, reservedBytes }) => reservedBytes > 0 && node.space.freeBytes >= need)?.node;
  return { kind: 'waits', waitsFor: noSpace(need, byRoom[0]?.node, toCome), nodeToCome: toCome?.id ?? null };
}

const byName = (a: NodeFacts, b: NodeFacts): number => (a.id < b.id ? -1 : 1);

const waits = (waitsFor: WaitsFor | null): Choice => {
  if (waitsFor === null) throw new Error('nothing is waited for');
  return { kind: 'waits', waitsFor, nodeToCome: null };
};
