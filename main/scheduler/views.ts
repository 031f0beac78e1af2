/** How the two sides of a migration see the nodes: which they reach, by how short a way, and what copies from there sent of late. */
import type { SourceId } from '../shared/connections.ts';
import type { NodeFacts, SlotUse } from '../shared/schedule.ts';
import { filed } from './filed.ts';
import type { Place } from './place.ts';

export type Sides = Pick<SlotUse, 'source' | 'destination'>;

/** Ways that are shorter than this are alike. */
const SHORT_WAY_MS = 4;

/** All places as two sides see them; figures by the places' indexes. */
export class View {
  /** How long the ways are; of several that are as good as alike the same. */
  readonly #ways: Float64Array;
  /** What copies from the source sent there of late; 0 where none did. */
  readonly #rates: Float64Array;
  readonly #isAlike: boolean;

  constructor(ways: Float64Array, rates: Float64Array) {
    this.#ways = ways;
    this.#rates = rates;
    this.#isAlike = [ways, rates].every((figures) => figures.every((one) => one === figures[0]));
  }

  /**
   * The one with the shortest way, or of those the highest rate, or of those the one that is named first.
   * @param count of the places, from the first one, among which it is
   */
  best(places: readonly Place[], count: number, except: Place | undefined): Place | undefined {
    let best: Place | undefined;
    let bestWay = Infinity;
    let bestRate = -Infinity;
    for (let i = 0; i < count; i++) {
      const place = places[i];
      if (place === undefined || place === except) continue;
      if (this.#isAlike) return place;
      const way = this.#ways[place.index] ?? 0;
      const rate = this.#rates[place.index] ?? 0;
      if (way > bestWay || (way === bestWay && rate <= bestRate)) continue;
      best = place;
      bestWay = way;
      bestRate = rate;
    }
    return best;
  }

  isAsFar(a: Place, b: Place): boolean {
    return this.#ways[a.index] === this.#ways[b.index];
  }
}

/** A connection as it was measured from all places. */
interface Measured {
  /** NaN where it was not. */
  readonly milliseconds: Float64Array;
  readonly missing: Place[];
}

/** Of all places; what several migrations need of it is worked out once. */
export class Views {
  readonly #places: readonly Place[];
  readonly #measured = new Map<string, Measured>();
  readonly #rates = new Map<SourceId, Float64Array>();
  readonly #views = new Map<string, View>();

  constructor(places: readonly Place[]) {
    this.#places = places;
    for (const place of places) this.#hear(place);
  }

  of(sides: Sides): View {
    const { source, destination } = sides;
    return filed(this.#views, `${source} ${destination}`, () => {
      return new View(this.#waysBetween(sides), this.#rates.get(source) ?? this.#figures(0));
    });
  }

  /** Those that do not reach both sides. */
  missing({ source, destination }: Sides): ReadonlySet<Place> {
    const missing = [source, destination].flatMap((side) => this.#measured.get(side)?.missing ?? []);
    return new Set(missing);
  }

  #hear(place: Place): void {
    const { reach = [], moved = [] } = place.node;
    for (const { connection, isReached, milliseconds } of reach) {
      const measured = filed(this.#measured, connection, () => ({ milliseconds: this.#figures(NaN), missing: [] }));
      if (milliseconds !== null) measured.milliseconds[place.index] = milliseconds;
      if (!isReached) measured.missing.push(place);
    }
    for (const { source, bytesPerSecond } of moved)
      filed(this.#rates, source, () => this.#figures(0))[place.index] = bytesPerSecond;
  }

  #waysBetween({ source, destination }: Sides): Float64Array {
    const [toSource, toDestination] = [this.#measured.get(source), this.#measured.get(destination)];
    if (toSource === undefined || toDestination === undefined) return this.#figures(0);
    return toSource.milliseconds.map((ms, i) => lengthOf(ms + (toDestination.milliseconds[i] ?? NaN)));
  }

  #figures(value: number): Float64Array {
    return new Float64Array(this.#places.length).fill(value);
  }
}

/** What it needs and cannot connect to; what was not measured counts as reached. */
export function missedBy(node: NodeFacts, { source, destination }: Sides): ('source' | 'destination')[] {
  return [
    ...(isMissed(node, source) ? ['source' as const] : []),
    ...(isMissed(node, destination) ? ['destination' as const] : []),
  ];
}

/** Of connecting to both sides; null where that was not measured. */
export function wayMs(node: NodeFacts, { source, destination }: Sides): number | null {
  const [toSource, toDestination] = [msTo(node, source), msTo(node, destination)];
  return toSource === null || toDestination === null ? null : toSource + toDestination;
}

/** What copies from the source sent there of late; null where none did. */
export const rateFrom = ({ moved }: NodeFacts, from: SourceId): number | null =>
  moved?.find(({ source }) => source === from)?.bytesPerSecond ?? null;

const msTo = ({ reach }: NodeFacts, id: string): number | null =>
  reach?.find(({ connection }) => connection === id)?.milliseconds ?? null;

const isMissed = ({ reach }: NodeFacts, id: string): boolean =>
  reach !== undefined && reach.some(({ connection, isReached }) => connection === id && !isReached);

/** Of several ways that are as good as alike the same; one that was not measured is longer than all. */
const lengthOf = (ms: number): number =>
  Number.isNaN(ms) ? Number.MAX_SAFE_INTEGER : Math.floor(Math.log2(Math.max(SHORT_WAY_MS, ms)));
