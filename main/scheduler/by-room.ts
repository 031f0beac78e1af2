/** Places in the order of the room that may still be promised there, most first; equals by name. None of them changes while it is in it. */
import type { Place } from './place.ts';

export class ByRoom {
  readonly #places: Place[] = [];

  get all(): readonly Place[] {
    return this.#places;
  }

  /** How many have so much room, or more. */
  countWith(bytes: number): number {
    return this.#countWhile(({ leftBytes }) => leftBytes >= bytes);
  }

  put(place: Place): void {
    this.#places.splice(this.#indexFor(place), 0, place);
  }

  remove(place: Place): void {
    this.#places.splice(this.#indexFor(place), 1);
  }

  #indexFor(place: Place): number {
    return this.#countWhile((other) => isBefore(other, place));
  }

  /** @param isOne holds for all up to some place, and for none from there on */
  #countWhile(isOne: (place: Place) => boolean): number {
    let [from, to] = [0, this.#places.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      const place = this.#places[middle];
      if (place !== undefined && isOne(place)) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

const isBefore = (a: Place, b: Place): boolean =>
  a.leftBytes === b.leftBytes ? a.node.id < b.node.id : a.leftBytes > b.leftBytes;
