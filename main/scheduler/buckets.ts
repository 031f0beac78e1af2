/** Buckets of a table of rates by what they limit: one is taken as long as something runs that it limits. */
import type { SourceId } from '../shared/connections.ts';
import type { MigrationId } from '../shared/migration.ts';

/** Buckets in memory that is shared with whoever sends; a change holds for the next bytes. */
export interface RateTable {
  readonly size: number;
  /** Bytes per second; null is no limit. */
  set(bucket: number, bytesPerSecond: number | null): void;
}

/** What a limit is of: everything, a source, a datastore of it, or a migration. */
export type LimitKey = string;
export const ALL: LimitKey = 'all';
export const sourceKey = (source: SourceId): LimitKey => `source ${source}`;
export const datastoreKey = (source: SourceId, datastore: string): LimitKey => `datastore ${source} ${datastore}`;
export const migrationKey = (id: MigrationId): LimitKey => `migration ${id}`;
export const isOfMigration = (key: LimitKey): boolean => key.startsWith('migration ');

/** All that limits a migration. */
export const keysOf = (id: MigrationId, source: SourceId, datastores: readonly string[]): readonly LimitKey[] => [
  ALL,
  sourceKey(source),
  migrationKey(id),
  ...datastores.map((datastore) => datastoreKey(source, datastore)),
];

export class Buckets {
  readonly #table: RateTable;
  readonly #rateOf: (key: LimitKey) => number | null;
  readonly #taken = new Map<LimitKey, { readonly bucket: number; users: number }>();

  constructor(table: RateTable, rateOf: (key: LimitKey) => number | null) {
    this.#table = table;
    this.#rateOf = rateOf;
  }

  /** The buckets of one run. Disposing it gives back those that are of no other. */
  take(keys: readonly LimitKey[]): { readonly buckets: readonly number[] } & Disposable {
    const buckets = keys.map((key) => {
      const taken = this.#taken.get(key) ?? { bucket: this.#free(), users: 0 };
      taken.users += 1;
      this.#taken.set(key, taken);
      return taken.bucket;
    });
    this.write();
    return {
      buckets,
      [Symbol.dispose]: () => {
        for (const key of keys) this.#giveBack(key);
      },
    };
  }

  /** The rates may have changed. */
  write(): void {
    for (const [key, { bucket }] of this.#taken) this.#table.set(bucket, this.#rateOf(key));
  }

  #giveBack(key: LimitKey): void {
    const taken = this.#taken.get(key);
    if (taken === undefined) return;
    taken.users -= 1;
    if (taken.users > 0) return;
    this.#taken.delete(key);
    this.#table.set(taken.bucket, null);
  }

  #free(): number {
    const taken = new Set([...this.#taken.values()].map(({ bucket }) => bucket));
    for (let bucket = 0; bucket < this.#table.size; bucket++) if (!taken.has(bucket)) return bucket;
    throw new Error(`all ${this.#table.size} buckets of the table of rates are taken`);
  }
}
