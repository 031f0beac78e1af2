/** Keeps the rates of all buckets as the settings and the time of day want them: one for everything, one a source, one a run. */
import type { SourceId } from '../shared/connections.ts';
import type { BandwidthLimit, SchedulerSettings } from '../shared/schedule.ts';
import type { Clock } from './clock.ts';
import { isOpen, nextEdge } from './windows.ts';

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

export class Bandwidth implements Disposable {
  readonly #table: RateTable;
  readonly #clock: Clock;
  #limits: SchedulerSettings['bandwidth'];
  readonly #ofSource = new Map<SourceId, number>();
  readonly #ofRuns = new Set<number>();
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

  /** The buckets of one run. Disposing it gives its own one back. */
  forRun(source: SourceId): { readonly buckets: readonly number[] } & Disposable {
    const ofSource = this.#ofSource.get(source) ?? this.#free();
    this.#ofSource.set(source, ofSource);
    const own = this.#free();
    this.#ofRuns.add(own);
    this.#write();
    return {
      buckets: [EVERYTHING, ofSource, own],
      [Symbol.dispose]: () => void this.#ofRuns.delete(own),
    };
  }

  [Symbol.dispose](): void {
    this.#alarm?.[Symbol.dispose]();
  }

  #write(): void {
    const nowMs = this.#clock.now();
    const { global, perSource, perMigration } = this.#limits;
    this.#table.set(EVERYTHING, rateAt(global, nowMs));
    for (const [source, bucket] of this.#ofSource) {
      const limit = perSource[source];
      this.#table.set(bucket, limit === undefined ? null : rateAt(limit, nowMs));
    }
    for (const bucket of this.#ofRuns) this.#table.set(bucket, rateAt(perMigration, nowMs));
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
    const taken = new Set([EVERYTHING, ...this.#ofSource.values(), ...this.#ofRuns]);
    for (let bucket = 0; bucket < this.#table.size; bucket++) if (!taken.has(bucket)) return bucket;
    throw new Error(`all ${this.#table.size} buckets of the table of rates are taken`);
  }
}
