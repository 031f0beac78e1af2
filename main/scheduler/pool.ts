/**
 * Nodes that may run the same migrations, kept so that the best is found without looking at all of them: by their free slots, and of
 * those with as many by their room. Who has no slot is not among them.
 */
import type { NodeFacts, NodeId } from '../shared/schedule.ts';
import { ByRoom } from './by-room.ts';
import type { Place } from './place.ts';

/** Those with as many free slots. */
interface Level {
  readonly freeSlots: number;
  readonly places: ByRoom;
}

export class Pool {
  readonly #byName: ReadonlyMap<NodeId, Place>;
  readonly #all = new ByRoom();
  /** Most free slots first. */
  readonly #levels: Level[] = [];

  constructor(places: readonly Place[]) {
    this.#byName = new Map(places.map((place) => [place.node.id, place]));
    for (const place of places) this.put(place);
  }

  /** All, also those without a slot, as they were told. */
  get nodes(): NodeFacts[] {
    return [...this.#byName.values()].map(({ node }) => node);
  }

  /** Undefined as well where it has no slot, or less room. */
  find(node: NodeId, bytes: number): Place | undefined {
    const place = this.#byName.get(node);
    return place !== undefined && place.hasSlot && place.leftBytes >= bytes ? place : undefined;
  }

  /** The one with the most room first. */
  get byRoom(): ByRoom {
    return this.#all;
  }

  /** The same, apart by how many slots are free: those with the most first. */
  get byFreeSlots(): readonly { readonly places: ByRoom }[] {
    return this.#levels;
  }

  /** Before something is taken there. */
  remove(place: Place): void {
    if (!place.hasSlot) return;
    this.#all.remove(place);
    this.#levelOf(place).places.remove(place);
  }

  /** When that is taken. */
  put(place: Place): void {
    if (!place.hasSlot) return;
    this.#all.put(place);
    this.#levelOf(place).places.put(place);
  }

  #levelOf({ freeSlots }: Place): Level {
    const at = this.#levels.findIndex((level) => level.freeSlots <= freeSlots);
    const found = this.#levels[at];
    if (found?.freeSlots === freeSlots) return found;
    const level: Level = { freeSlots, places: new ByRoom() };
    this.#levels.splice(at === -1 ? this.#levels.length : at, 0, level);
    return level;
  }
}
