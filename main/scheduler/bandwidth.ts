/**
 * Keeps the rates of all buckets as they are wanted: by the settings and the time of day one for everything, one a source and
 * one a run; by whoever watches them one a datastore.
 */
import type { SourceId } from '../shared/connections.ts';
import type { BandwidthLimit, SchedulerSettings } from '../shared/schedule.ts';
import type { Clock } from './clock.ts';
import { isOpen, nextEdge } from '../shared/windows.ts';

/** Buckets in memory that is shared with whoever sends; a change holds for the next bytes. */
export interface RateTable {
  readonly size: number;
  /** Bytes per second; null is no limit. */
  set(bucket: number, bytesPerSecond: number | null): void;
}

export function rateAt({ table, otherwise }: BandwidthLimit, nowMs: number): number | null {
  const row = table.find(({ when }) => isOpen(when, nowMs));
  return row === undefined ? otherwise : row.bytesPerSecond;
}

/** When it may change next by itself. */
export function rateChangesAt({ table }: BandwidthLimit, nowMs: number): number | null {
  const edges = table.map(({ when }) => nextEdge(when, nowMs)).filter((edge) => edge !== null);
  return edges.length === 0 ? null : Math.min(...edges);
}

const EVERYTHING = 0;

interface Run {
  readonly own: number;
  /** Keys of `#ofDatastores`. */
  readonly datastores: readonly string[];
}

export class Bandwidth implements Disposable {
  readonly #table: RateTable;
  readonly #clock: Clock;
  #limits: SchedulerSettings['bandwidth'];
  readonly #ofSource = new Map<SourceId, number>();
  readonly #runs = new Set<Run>();
  /** By source and ref: those that a run reads from. */
  readonly #ofDatastores = new Map<string, number>();
  readonly #datastoreLimits = new Map<string, number>();
  #alarm: Disposable | undefined;

  constructor(table: RateTable, limits: SchedulerSettings['bandwidth'], clock: Clock) {
    this.#table = table;
    this.#clock = clock;
    this.#limits = limits;
    this.#write();
  }

  /** Holds for what runs, too. */
  change(limits: SchedulerSettings['bandwidth']): void {
    this.#limits = limits;
    this.#write();
  }

  /** Of all that is read from a datastore together, also by what runs; null is no limit. */
  limitDatastore(source: SourceId, datastore: string, bytesPerSecond: number | null): void {
    const key = `${source} ${datastore}`;
    if (bytesPerSecond === null) this.#datastoreLimits.delete(key);
    else this.#datastoreLimits.set(key, bytesPerSecond);
    this.#write();
  }

  /** The buckets of one run. Disposing it gives back those that are of no other. */
  forRun(source: SourceId, datastores: readonly string[]): { readonly buckets: readonly number[] } & Disposable {
    const ofSource = this.#ofSource.get(source) ?? this.#free();
    this.#ofSource.set(source, ofSource);
    const run: Run = { own: this.#free(), datastores: datastores.map((datastore) => `${source} ${datastore}`) };
    this.#runs.add(run);
    const ofDatastores = run.datastores.map((key) => {
      const bucket = this.#ofDatastores.get(key) ?? this.#free();
      this.#ofDatastores.set(key, bucket);
      return bucket;
    });
    this.#write();
    return {
      buckets: [EVERYTHING, ofSource, run.own, ...ofDatastores],
      [Symbol.dispose]: () => {
        this.#runs.delete(run);
        for (const key of run.datastores) if (!this.#isRead(key)) this.#ofDatastores.delete(key);
      },
    };
  }

  [Symbol.dispose](): void {
    this.#alarm?.[Symbol.dispose]();
  }

  #isRead(datastore: string): boolean {
    for (const { datastores } of this.#runs) if (datastores.includes(datastore)) return true;
    return false;
  }

  #write(): void {
    const nowMs = this.#clock.now();
    const { global, perSource, perMigration } = this.#limits;
    this.#table.set(EVERYTHING, rateAt(global, nowMs));
    for (const [source, bucket] of this.#ofSource) {
      const limit = perSource[source];
      this.#table.set(bucket, limit === undefined ? null : rateAt(limit, nowMs));
    }
    for (const { own } of this.#runs) this.#table.set(own, rateAt(perMigration, nowMs));
    for (const [key, bucket] of this.#ofDatastores) this.#table.set(bucket, this.#datastoreLimits.get(key) ?? null);
    this.#arm(nowMs);
  }

  #arm(nowMs: number): void {
    const { global, perSource, perMigration } = this.#limits;
    const changes = [global, perMigration, ...Object.values(perSource)]
      .map((limit) => rateChangesAt(limit, nowMs))
      .filter((change) => change !== null);
    this.#alarm?.[Symbol.dispose]();
    this.#alarm = changes.length === 0 ? undefined : this.#clock.at(Math.min(...changes), () => this.#write());
  }

  #free(): number {
    const ofRuns = [...this.#runs].map(({ own }) => own);
    const taken = new Set([EVERYTHING, ...this.#ofSource.values(), ...this.#ofDatastores.values(), ...ofRuns]);
    for (let bucket = 0; bucket < this.#table.size; bucket++) if (!taken.has(bucket)) return bucket;
    throw new Error(`all ${this.#table.size} buckets of the table of rates are taken`);
  }
}
