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
  /** The first ones, so many, were taken at some time; of them these are free again. */
  #used = 0;
  readonly #givenBack: number[] = [];

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
    for (const key of keys) this.#write(key);
    return {
      buckets,
      [Symbol.dispose]: () => {
        for (const key of keys) this.#giveBack(key);
      },
    };
  }

  /** The rates may have changed. */
  write(): void {
    for (const key of this.#taken.keys()) this.#write(key);
  }

  #write(key: LimitKey): void {
    const taken = this.#taken.get(key);
    if (taken !== undefined) this.#table.set(taken.bucket, this.#rateOf(key));
  }

  #giveBack(key: LimitKey): void {
    const taken = this.#taken.get(key);
    if (taken === undefined) return;
    taken.users -= 1;
    if (taken.users > 0) return;
    this.#taken.delete(key);
    this.#table.set(taken.bucket, null);
    this.#givenBack.push(taken.bucket);
  }

  #free(): number {
    const again = this.#givenBack.pop();
    if (again !== undefined) return again;
    if (this.#used === this.#table.size) throw new Error(`all ${this.#used} buckets of the table of rates are taken`);
    return this.#used++;
  }
}
