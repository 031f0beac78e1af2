/** Counts what runs against the slots, and says which of them is in the way of one more. */
import type { SchedulerSettings, SlotUse } from '../shared/schedule.ts';

type Limits = SchedulerSettings['slots'];

/** The name of a source or destination by its id, or of a host or datastore of a source by its ref. */
export type NameOf = (id: string, ref?: string) => string;

/** One of the things that have slots: everything, a source, a host … */
interface SlotKey {
  /** Unique over all kinds; refs are only unique within their source. */
  readonly key: string;
  readonly limit: number;
  readonly cost: number;
  /** The thing in words. */
  readonly name: string;
}

export interface NoSlot {
  /** `turn`: there would be one, and it is kept for somebody who goes first. */
  readonly reason: 'slot' | 'turn';
  readonly says: string;
}

/** What a machine counts for its host and datastores: every two disks beyond the first two count one more. */
export const costOf = (disks: number): number => Math.max(1, Math.floor(disks / 2));

const EVERYTHING = 'global';

export class SlotCount {
  readonly #limits: Limits;
  readonly #nameOf: NameOf;
  readonly #taken = new Map<string, number>();
  /** Nobody runs there yet, but somebody goes first. */
  readonly #kept = new Map<string, number>();

  constructor(limits: Limits, nameOf: NameOf) {
    this.#limits = limits;
    this.#nameOf = nameOf;
  }

  take(use: SlotUse): void {
    for (const { key, cost } of this.#keysOf(use)) add(this.#taken, key, cost);
  }

  /** As many run as may at all: whatever else comes, it waits. */
  get isFull(): boolean {
    return this.#usedOf(EVERYTHING) >= this.#limits.global;
  }

  /** What stands in the way now; null where there is room. */
  missing(use: SlotUse): NoSlot | null {
    if (this.isFull) return full(this.#limits.global);
    const short = this.#short(use)[0];
    if (short === undefined) return null;
    const { key, limit, cost, name } = short;
    if (this.#usedOf(key) + cost <= limit)
      return { reason: 'turn', says: `Others go first: the next free slot of ${name} is theirs.` };
    return {
      reason: 'slot',
      says: cost === 1 ? taken(limit, name) : `It needs ${cost} of the ${limit} slots of ${name} at the same time.`,
    };
  }

  /** Keeps the slots that it is short of from those behind it. */
  keepShort(use: SlotUse): void {
    for (const { key, cost } of this.#short(use)) add(this.#kept, key, cost);
  }

  /** Keeps everything that it needs, but the slots that all need alike. */
  keepAll(use: SlotUse): void {
    const short = new Set(this.#short(use).map(({ key }) => key));
    for (const { key, cost } of this.#keysOf(use)) if (key !== EVERYTHING || short.has(key)) add(this.#kept, key, cost);
  }

  /** Whether two want slots of the same source, host, datastore or destination. */
  shares(use: SlotUse, other: SlotUse): boolean {
    const keys = new Set(this.#keysOf(use).map(({ key }) => key));
    return this.#keysOf(other).some(({ key }) => key !== EVERYTHING && keys.has(key));
  }

  #short(use: SlotUse): SlotKey[] {
    return this.#keysOf(use).filter(
      ({ key, cost, limit }) => this.#usedOf(key) + (this.#kept.get(key) ?? 0) + cost > limit,
    );
  }

  #usedOf(key: string): number {
    return this.#taken.get(key) ?? 0;
  }

  /** One that costs more than there is may go alone. */
  #keysOf({ source, destination, host, datastores, disks }: SlotUse): SlotKey[] {
    const { global, perSource, perHost, perDatastore, perDestination } = this.#limits;
    const from = this.#nameOf(source);
    return [
      { key: EVERYTHING, limit: global, cost: 1, name: 'this Guts' },
      { key: `source ${source}`, limit: perSource, cost: 1, name: `source “${from}”` },
      {
        key: `destination ${destination}`,
        limit: perDestination,
        cost: 1,
        name: `destination “${this.#nameOf(destination)}”`,
      },
      ...(host === null
        ? []
        : [
            {
              key: `host ${source} ${host}`,
              limit: perHost,
              cost: Math.min(perHost, costOf(disks)),
              name: `host “${this.#nameOf(source, host)}” of “${from}”`,
            },
          ]),
      ...[...new Set(datastores)].map((datastore) => ({
        key: `datastore ${source} ${datastore}`,
        limit: perDatastore,
        cost: Math.min(perDatastore, costOf(disks)),
        name: `datastore “${this.#nameOf(source, datastore)}” of “${from}”`,
      })),
    ];
  }
}

const full = (limit: number): NoSlot => ({ reason: 'slot', says: taken(limit, 'this Guts') });
const taken = (limit: number, name: string): string =>
  limit === 1 ? `The only slot of ${name} is taken.` : `All ${limit} slots of ${name} are taken.`;

function add(counts: Map<string, number>, key: string, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}
