/** Counts what runs against the slots, and says which of them is in the way of one more. */
import type { SchedulerSettings, SlotUse, WaitsFor } from '../shared/schedule.ts';
import { filed } from './filed.ts';

type Limits = SchedulerSettings['slots'];

/** The name of a source or destination by its id, or of a host or datastore of a source by its ref. */
export type NameOf = (id: string, ref?: string) => string;

/** One of the things that have slots: everything, a source, a host … */
interface SlotKey {
  readonly kind: keyof Limits;
  /** Unique over all kinds; refs are only unique within their source. */
  readonly key: string;
  /** A source's or destination's id, or a source's and the ref of a host or datastore of it. */
  readonly of: readonly [id: string, ref?: string];
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
  #full: WaitsFor | null = null;
  /** What was said already: thousands wait for the same. */
  readonly #said = new Map<string, WaitsFor>();

  constructor(limits: Limits, nameOf: NameOf) {
    this.#limits = limits;
    this.#nameOf = nameOf;
  }

  take(use: SlotUse): void {
    for (const { kind, key } of keysOf(use)) add(this.#taken, key, this.#cost(kind, use));
  }

  /** As many run as may at all: whatever else comes, it waits. */
  get isFull(): boolean {
    return this.#usedOf(EVERYTHING) >= this.#limits.global;
  }

  /** What stands in the way now; null where there is room. */
  missing(use: SlotUse): WaitsFor | null {
    if (this.isFull)
      return (this.#full ??= { reason: 'slot', says: taken(this.#limits.global, 'this Guts'), until: null });
    const short = keysOf(use).find((one) => this.#isShort(one, use));
    if (short === undefined) return null;
    const cost = this.#cost(short.kind, use);
    return this.#usedOf(short.key) + cost <= this.#limits[short.kind] ? this.#turnAt(short) : this.#noneOf(short, cost);
  }

  /** Keeps the slots that it is short of from those behind it. */
  keepShort(use: SlotUse): void {
    for (const one of keysOf(use)) if (this.#isShort(one, use)) add(this.#kept, one.key, this.#cost(one.kind, use));
  }

  /** Keeps everything that it needs, but the slots that all need alike. */
  keepAll(use: SlotUse): void {
    const all = keysOf(use).filter((one) => one.key !== EVERYTHING || this.#isShort(one, use));
    for (const { kind, key } of all) add(this.#kept, key, this.#cost(kind, use));
  }

  /** There would be one, and it is kept for somebody who goes first. */
  #turnAt(short: SlotKey): WaitsFor {
    return this.#say('turn', short.key, () => `Others go first: the next free slot of ${this.#name(short)} is theirs.`);
  }

  #noneOf(short: SlotKey, cost: number): WaitsFor {
    const limit = this.#limits[short.kind];
    return this.#say('slot', `${cost} ${short.key}`, () =>
      cost === 1
        ? taken(limit, this.#name(short))
        : `It needs ${cost} of the ${limit} slots of ${this.#name(short)} at the same time.`,
    );
  }

  #say(reason: 'slot' | 'turn', about: string, sentence: () => string): WaitsFor {
    return filed(this.#said, `${reason} ${about}`, () => ({ reason, says: sentence(), until: null }));
  }

  #isShort({ kind, key }: SlotKey, use: SlotUse): boolean {
    return this.#usedOf(key) + (this.#kept.get(key) ?? 0) + this.#cost(kind, use) > this.#limits[kind];
  }

  #usedOf(key: string): number {
    return this.#taken.get(key) ?? 0;
  }

  /** One that costs more than there is may go alone. */
  #cost(kind: keyof Limits, { disks }: SlotUse): number {
    return kind === 'perHost' || kind === 'perDatastore' ? Math.min(this.#limits[kind], costOf(disks)) : 1;
  }

  #name({ kind, of: [id, ref] }: SlotKey): string {
    const name = `“${this.#nameOf(id, ref)}”`;
    switch (kind) {
      case 'global':
        return 'this Guts';
      case 'perSource':
        return `source ${name}`;
      case 'perDestination':
        return `destination ${name}`;
      case 'perHost':
        return `host ${name} of “${this.#nameOf(id)}”`;
      case 'perDatastore':
        return `datastore ${name} of “${this.#nameOf(id)}”`;
    }
  }
}

/** They are asked for at every decision, and what a migration takes does not change. */
const known = new WeakMap<SlotUse, readonly SlotKey[]>();
const knownShared = new WeakMap<SlotUse, readonly string[]>();

const keysOf = (use: SlotUse): readonly SlotKey[] => filed(known, use, () => slotKeys(use));

/** Of the source, host, datastores and destination that it takes slots of: who has one of them in common, is in each other's way. */
export const sharedKeysOf = (use: SlotUse): readonly string[] =>
  filed(knownShared, use, () => keysOf(use).flatMap(({ key }) => (key === EVERYTHING ? [] : key)));

function slotKeys({ source, destination, host, datastores }: SlotUse): readonly SlotKey[] {
  const keys: SlotKey[] = [
    { kind: 'global', key: EVERYTHING, of: [source] },
    { kind: 'perSource', key: `source ${source}`, of: [source] },
    { kind: 'perDestination', key: `destination ${destination}`, of: [destination] },
  ];
  if (host !== null) keys.push({ kind: 'perHost', key: `host ${source} ${host}`, of: [source, host] });
  for (const datastore of new Set(datastores))
    keys.push({ kind: 'perDatastore', key: `datastore ${source} ${datastore}`, of: [source, datastore] });
  return keys;
}

const taken = (limit: number, name: string): string =>
  limit === 1 ? `The only slot of ${name} is taken.` : `All ${limit} slots of ${name} are taken.`;

function add(counts: Map<string, number>, key: string, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}
