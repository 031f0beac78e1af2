/** What limits hold now: by the settings and the time of day for everything, a source and each migration; for datastores by whoever watches them. */
import type { SourceId } from '../shared/connections.ts';
import type { BandwidthLimit, SchedulerSettings } from '../shared/schedule.ts';
import { isOpen, nextEdge } from '../shared/windows.ts';
import { ALL, datastoreKey, isOfMigration, sourceKey, type LimitKey } from './buckets.ts';
import type { Clock } from './clock.ts';

export function rateAt({ table, otherwise }: BandwidthLimit, nowMs: number): number | null {
  const row = table.find(({ when }) => isOpen(when, nowMs));
  return row === undefined ? otherwise : row.bytesPerSecond;
}

/** When it may change next by itself. */
export function rateChangesAt({ table }: BandwidthLimit, nowMs: number): number | null {
  const edges = table.map(({ when }) => nextEdge(when, nowMs)).filter((edge) => edge !== null);
  return edges.length === 0 ? null : Math.min(...edges);
}

export class Bandwidth implements Disposable {
  readonly #clock: Clock;
  readonly #onChange: () => void;
  #limits: SchedulerSettings['bandwidth'];
  #now: ReadonlyMap<LimitKey, number | null> = new Map();
  #perMigration: number | null = null;
  readonly #ofDatastores = new Map<LimitKey, number>();
  #alarm: Disposable | undefined;

  /** @param onChange hears when other limits hold */
  constructor(limits: SchedulerSettings['bandwidth'], clock: Clock, onChange: () => void) {
    this.#clock = clock;
    this.#onChange = onChange;
    this.#limits = limits;
    this.#look();
  }

  /** Holds for what runs, too. */
  change(limits: SchedulerSettings['bandwidth']): void {
    this.#limits = limits;
    this.#look();
    this.#onChange();
  }

  /** Of all that is read from a datastore together, also by what runs; null is no limit. */
  limitDatastore(source: SourceId, datastore: string, bytesPerSecond: number | null): void {
    const key = datastoreKey(source, datastore);
    if (bytesPerSecond === null) this.#ofDatastores.delete(key);
    else this.#ofDatastores.set(key, bytesPerSecond);
    this.#onChange();
  }

  /** Of all that it is about together; those of a migration are all alike. */
  limitOf(key: LimitKey): number | null {
    if (isOfMigration(key)) return this.#perMigration;
    return this.#ofDatastores.get(key) ?? this.#now.get(key) ?? null;
  }

  [Symbol.dispose](): void {
    this.#alarm?.[Symbol.dispose]();
  }

  #look(): void {
    const nowMs = this.#clock.now();
    const { global, perSource, perMigration } = this.#limits;
    const ofSources = Object.entries(perSource).map(
      ([source, limit]) => [sourceKey(source as SourceId), rateAt(limit, nowMs)] as const, // the settings' keys are ids
    );
    this.#now = new Map([[ALL, rateAt(global, nowMs)], ...ofSources]);
    this.#perMigration = rateAt(perMigration, nowMs);
    const changes = [global, perMigration, ...Object.values(perSource)]
      .map((limit) => rateChangesAt(limit, nowMs))
      .filter((change) => change !== null);
    this.#alarm?.[Symbol.dispose]();
    this.#alarm =
      changes.length === 0
        ? undefined
        : this.#clock.at(Math.min(...changes), () => {
            this.#look();
            this.#onChange();
          });
  }
}
