/**
 * Chooses the node for a migration. It has all tags, is up, reaches both sides, and has a slot and the room; of several the one with
 * ample room goes first, then with more free slots, the shorter way, the higher rate of late, and at last the most room.
 */
import type { NodeFacts, NodeId, Placement, SlotUse, WaitsFor } from '../shared/schedule.ts';
import { Fields, type Field, type Limits, type Wishes } from './fields.ts';
import { noSlot, noSpace, reasonOf, type Lead } from './placement-words.ts';
import { Place } from './place.ts';
import type { Pool } from './pool.ts';
import { filed } from './filed.ts';
import { rateFrom, wayMs } from './views.ts';

/** A node in which a machine fits so often has ample room for it. */
export const AMPLE = 4;

export interface Wanted extends Wishes {
  readonly use: Pick<SlotUse, 'source' | 'destination' | 'spaceBytes'>;
  /** Where it ran before: taken again when it can be. */
  readonly before: NodeId | null;
}

export type Choice =
  | { readonly kind: 'placed'; readonly placement: Placement }
  /** `nodeToCome`: there it fits as soon as others that run there are over. */
  | { readonly kind: 'waits'; readonly waitsFor: WaitsFor; readonly nodeToCome: NodeId | null };

/** The nodes with what is promised of their space; takes count as placements are made. */
export class NodeSpace {
  readonly #places: ReadonlyMap<NodeId, Place>;
  readonly #fields: Fields;
  /** Nothing becomes free in one decision: of which pools was said that they have no slot … */
  readonly #full = new Map<Pool, Choice>();
  /** … and that there is no room for so much, since something was taken there last. */
  readonly #tight = new Map<Pool, Map<number, Choice>>();

  constructor(nodes: readonly NodeFacts[], placed: readonly Placement[], limits: Limits) {
    const known = new Map(nodes.map((node) => [node.id, node]));
    const places = [...known.values()].map((node, index) => new Place(node, index));
    this.#places = new Map(places.map((place) => [place.node.id, place]));
    this.#fields = new Fields(places, limits);
    for (const placement of placed) this.take(placement);
  }

  take({ node, reservedBytes }: Pick<Placement, 'node' | 'reservedBytes'>): void {
    this.#change(node, (place) => place.take(reservedBytes));
  }

  /** A preflight goes on there: it takes no slot, but others go elsewhere first. */
  look(node: NodeId): void {
    this.#change(node, (place) => place.look());
  }

  choose(wanted: Wanted): Choice {
    const { use, tags, before } = wanted;
    const need = use.spaceBytes;
    const field = this.#fields.of(use, wanted);
    const { pool, obstacle } = field;
    if (obstacle !== null) return waits(obstacle);
    if (pool.byRoom.all.length === 0) return filed(this.#full, pool, () => waits(noSlot(pool.nodes)));
    const candidates = pool.byRoom.countWith(need);
    if (candidates === 0) {
      const ofPool = filed(this.#tight, pool, () => new Map<number, Choice>());
      return filed(ofPool, need, () => noRoom(pool.byRoom.all, need));
    }
    const familiar = before === null ? undefined : pool.find(before, need);
    const chosen = familiar ?? bestOf(field, need);
    if (chosen === undefined) throw new Error('what was counted is not there');
    const lead: Lead =
      familiar === undefined ? leadOf(chosen, bestOf(field, need, chosen), field, wanted) : { by: 'before' };
    const { node, leftBytes } = chosen;
    const reason = reasonOf({ lead, candidates, tags, leftBytes, needBytes: need });
    return { kind: 'placed', placement: { node: node.id, reason, reservedBytes: need } };
  }

  #change(node: NodeId, change: (place: Place) => void): void {
    const place = this.#places.get(node);
    if (place === undefined) return; // gone meanwhile
    const pools = this.#fields.poolsOf(place);
    for (const pool of pools) pool.remove(place);
    change(place);
    for (const pool of pools) pool.put(place);
    for (const pool of pools) this.#tight.delete(pool);
  }
}

/** The best for a machine which needs so much, but for one. */
function bestOf(field: Field, need: number, except?: Place): Place | undefined {
  return bestWith(AMPLE * need, field, except) ?? bestWith(need, field, except);
}

/** The best of those with so much room. */
function bestWith(bytes: number, { pool, view }: Field, except: Place | undefined): Place | undefined {
  for (const { places } of pool.byFreeSlots) {
    const best = view.best(places.all, places.countWith(bytes), except);
    if (best !== undefined) return best;
  }
  return undefined;
}

/** What it is that the better one is better in. */
function leadOf(one: Place, other: Place | undefined, { view }: Field, { use }: Wanted): Lead {
  if (other === undefined) return { by: 'alone' };
  const isAmple = ({ leftBytes }: Place): boolean => leftBytes >= AMPLE * use.spaceBytes;
  if (isAmple(one) !== isAmple(other)) return { by: 'room' };
  if (one.freeSlots !== other.freeSlots) return { by: 'slots', free: one.freeSlots, of: one.size };
  if (!view.isAsFar(one, other)) return { by: 'way', milliseconds: wayMs(one.node, use) ?? 0 };
  const rate = rateFrom(one.node, use.source);
  if (rate !== rateFrom(other.node, use.source)) return { by: 'rate', bytesPerSecond: rate ?? 0 };
  return { by: one.leftBytes === other.leftBytes ? 'name' : 'room' };
}

/** Where there are slots and no room. */
function noRoom(byRoom: readonly Place[], need: number): Choice {
  const toCome = byRoom.find(({ node, hasPromised }) => hasPromised && node.space.freeBytes >= need)?.node;
  return { kind: 'waits', waitsFor: noSpace(need, byRoom[0]?.node, toCome), nodeToCome: toCome?.id ?? null };
}

const waits = (waitsFor: WaitsFor): Choice => ({ kind: 'waits', waitsFor, nodeToCome: null });
