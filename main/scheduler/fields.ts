/** Which nodes may run a migration at all: by the settings, its own wishes and tags, whether they are up, and what they reach. */
import type { NodeFacts, NodeId, SchedulerSettings, WaitsFor } from '../shared/schedule.ts';
import { filed } from './filed.ts';
import { noNode, noTag, noWay } from './placement-words.ts';
import type { Place } from './place.ts';
import { Pool } from './pool.ts';
import { missedBy, Views, type Sides, type View } from './views.ts';

export type Limits = Pick<SchedulerSettings, 'nodesOfSource'>;

export interface Wishes {
  /** That the migration may run on; empty is any. */
  readonly nodes: readonly NodeId[];
  /** That its node must have, all of them. */
  readonly tags: readonly string[];
}

/** What is the same for all migrations between two sides with the same wishes, as long as one decision takes. */
export interface Field {
  readonly pool: Pool;
  readonly view: View;
  /** Why there is no node. */
  readonly obstacle: WaitsFor | null;
}

/** By its settings and wishes alone. */
interface Eligible {
  readonly allowed: readonly Place[];
  readonly tagged: readonly Place[];
  readonly alive: readonly Place[];
  /** Of those that are alive, without the ones that do not reach both sides: by the indexes of these. */
  readonly pools: Map<string, Pool>;
}

export class Fields {
  readonly #places: readonly Place[];
  readonly #limits: Limits;
  /** Made when it is needed: where all slots are taken, nobody is placed. */
  #views: Views | undefined;
  readonly #eligible = new Map<string, Eligible>();
  readonly #fields = new Map<string, Field>();
  readonly #poolsOf = new Map<Place, Pool[]>();

  constructor(places: readonly Place[], limits: Limits) {
    this.#places = places;
    this.#limits = limits;
  }

  of(sides: Sides, wishes: Wishes): Field {
    const key = `${sides.source} ${sides.destination}${wishKey(wishes)}`;
    return filed(this.#fields, key, () => this.#fieldOf(sides, wishes));
  }

  /** Where a place is taken into account by now. */
  poolsOf(place: Place): readonly Pool[] {
    return this.#poolsOf.get(place) ?? [];
  }

  #fieldOf(sides: Sides, wishes: Wishes): Field {
    const eligible = this.#eligibleFor(sides, wishes);
    const views = (this.#views ??= new Views(this.#places));
    const missing = views.missing(sides);
    const pool = this.#poolOf(eligible, missing);
    return { pool, view: views.of(sides), obstacle: obstacleOf(eligible, missing, wishes.tags, sides) };
  }

  #eligibleFor({ source }: Sides, wishes: Wishes): Eligible {
    const ofSource = this.#limits.nodesOfSource[source];
    const key = `${ofSource === undefined ? 'any' : ofSource.join(' ')}\n${wishKey(wishes)}`;
    return filed(this.#eligible, key, () => eligibleOf(this.#places, ofSource, wishes));
  }

  #poolOf({ alive, pools }: Eligible, missing: ReadonlySet<Place>): Pool {
    const key = [...missing].map(({ index }) => index).join(' ');
    return filed(pools, key, () => {
      const reaching = alive.filter((place) => !missing.has(place));
      const pool = new Pool(reaching);
      for (const place of reaching) filed(this.#poolsOf, place, () => []).push(pool);
      return pool;
    });
  }
}

function eligibleOf(
  places: readonly Place[],
  ofSource: readonly NodeId[] | undefined,
  { nodes, tags }: Wishes,
): Eligible {
  const allowed = places.filter(
    ({ node: { id } }) =>
      (ofSource === undefined || ofSource.includes(id)) && (nodes.length === 0 || nodes.includes(id)),
  );
  const tagged = allowed.filter(({ node }) => tags.every((tag) => node.tags?.includes(tag)));
  const alive = tagged.filter(({ node: { isAlive, isDraining = false } }) => isAlive && !isDraining);
  return { allowed, tagged, alive, pools: new Map() };
}

const wishKey = ({ nodes, tags }: Wishes): string =>
  nodes.length === 0 && tags.length === 0 ? '' : `\n${nodes.join(' ')}\n${tags.join(' ')}`;

function obstacleOf(
  { allowed, tagged, alive }: Eligible,
  missing: ReadonlySet<Place>,
  tags: readonly string[],
  sides: Sides,
): WaitsFor | null {
  if (alive.some((place) => !missing.has(place))) return null;
  if (alive.length > 0) return noWay(alive.map(({ node }) => ({ node, missed: missedBy(node, sides) })));
  return tagged.length === 0 && allowed.length > 0 ? noTag(tags, nodesOf(allowed)) : noNode(nodesOf(tagged));
}

const nodesOf = (places: readonly Place[]): NodeFacts[] => places.map(({ node }) => node);
