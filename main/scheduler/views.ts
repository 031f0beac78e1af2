/** How the two sides of a migration see the nodes: which they reach, by how short a way, and what copies from there sent of late. */
import type { SourceId } from '../shared/connections.ts';
import type { NodeFacts, SlotUse } from '../shared/schedule.ts';
import { filed } from './filed.ts';
import type { Place } from './place.ts';

export type Sides = Pick<SlotUse, 'source' | 'destination'>;

/** Ways that are shorter than this are alike. */
const SHORT_WAY_MS = 4;

/** By the places' indexes; null where no place is different from another. */
type Figures = Float64Array | null;

/** All places as two sides see them. */
export class View {
  readonly #ways: Figures;
  readonly #rates: Figures;

  constructor(ways: Figures, rates: Figures) {
    this.#ways = ways;
    this.#rates = rates;
  }

  /** No place is better than another. */
  get isAlike(): boolean {
    return this.#ways === null && this.#rates === null;
  }

  /** By a shorter way, or by a higher rate where the way is as good as alike. */
  isBetter(a: Place, b: Place): boolean {
    const longer = difference(this.#ways, a, b);
    return longer === 0 ? difference(this.#rates, a, b) > 0 : longer < 0;
  }

  isAsFar(a: Place, b: Place): boolean {
    return difference(this.#ways, a, b) === 0;
  }
}

function difference(figures: Figures, a: Place, b: Place): number {
  return figures === null ? 0 : (figures[a.index] ?? 0) - (figures[b.index] ?? 0);
}

/** A connection as it was measured from all places. */
interface Measured {
  /** NaN where it was not. */
  readonly milliseconds: Float64Array;
  readonly isMeasured: boolean;
  readonly missing: readonly Place[];
}

/** Of all places; what several migrations need of it is worked out once. */
export class Views {
  readonly #places: readonly Place[];
  readonly #measured = new Map<string, Measured>();
  readonly #rates = new Map<SourceId, Figures>();
  readonly #views = new Map<string, View>();

  constructor(places: readonly Place[]) {
    this.#places = places;
  }

  of(sides: Sides): View {
    const { source, destination } = sides;
    return filed(this.#views, `${source} ${destination}`, () => new View(this.#waysOf(sides), this.#ratesOf(source)));
  }

  /** Those that do not reach both sides. */
  missing({ source, destination }: Sides): ReadonlySet<Place> {
    return new Set([...this.#measuredOf(source).missing, ...this.#measuredOf(destination).missing]);
  }

  #waysOf({ source, destination }: Sides): Figures {
    const [toSource, toDestination] = [this.#measuredOf(source), this.#measuredOf(destination)];
    if (!toSource.isMeasured || !toDestination.isMeasured) return null;
    return figuresOf(toSource.milliseconds.map((ms, i) => lengthOf(ms + (toDestination.milliseconds[i] ?? NaN))));
  }

  #ratesOf(source: SourceId): Figures {
    return filed(this.#rates, source, () =>
      figuresOf(Float64Array.from(this.#places, ({ node }) => rateFrom(node, source) ?? 0)),
    );
  }

  #measuredOf(connection: string): Measured {
    return filed(this.#measured, connection, () => {
      const milliseconds = Float64Array.from(this.#places, ({ node }) => msTo(node, connection) ?? NaN);
      const missing = this.#places.filter(({ node }) => isMissed(node, connection));
      return { milliseconds, isMeasured: milliseconds.some((ms) => !Number.isNaN(ms)), missing };
    });
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
export const rateFrom = ({ moved = [] }: NodeFacts, from: SourceId): number | null =>
  moved.find(({ source }) => source === from)?.bytesPerSecond ?? null;

const msTo = ({ reach = [] }: NodeFacts, id: string): number | null =>
  reach.find(({ connection }) => connection === id)?.milliseconds ?? null;

const isMissed = ({ reach = [] }: NodeFacts, id: string): boolean =>
  reach.some(({ connection, isReached }) => connection === id && !isReached);

/** Of several ways that are as good as alike the same; one that was not measured is longer than all. */
const lengthOf = (ms: number): number =>
  Number.isNaN(ms) ? Number.MAX_SAFE_INTEGER : Math.floor(Math.log2(Math.max(SHORT_WAY_MS, ms)));

const figuresOf = (figures: Float64Array): Figures => (figures.every((one) => one === figures[0]) ? null : figures);
