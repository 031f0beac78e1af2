/** This worker's share of the daemon's limits of bandwidth: kept while it hears nothing, until its time is over; then nothing is sent. */
import type { Wish } from '../../shared/fleet.ts';
import type { SourceId } from '../../shared/connections.ts';
import type { MigrationId } from '../../shared/migration.ts';
import {
  ALL,
  Buckets,
  datastoreKey,
  keysOf,
  migrationKey,
  sourceKey,
  type LimitKey,
  type RateTable,
} from '../../scheduler/buckets.ts';

type Share = Extract<Wish, { kind: 'bandwidth' }>;

/** Bytes per second. */
const STANDS_STILL = 1;

export interface LimitedRun {
  readonly id: MigrationId;
  readonly source: SourceId;
  readonly datastores: readonly string[];
  /** It sends nothing before a share has come that names it. */
  readonly isLimited: boolean;
}

export class Limits implements Disposable {
  readonly #buckets: Buckets;
  readonly #isLimited = new Map<LimitKey, boolean>();
  /** Null where none came, or where none holds any more. */
  #rates: Map<LimitKey, number | null> | null = null;
  #isOver = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(table: RateTable) {
    this.#buckets = new Buckets(table, (key) => this.#rateOf(key));
  }

  set({ all, perSource, perDatastore, perMigration, forMs }: Share): void {
    clearTimeout(this.#timer);
    this.#isOver = false;
    this.#rates = new Map<LimitKey, number | null>([
      [ALL, all],
      ...Object.entries(perSource).map(([id, rate]) => [sourceKey(id as SourceId), rate] as const), // by the schema
      ...perDatastore.map(({ source, datastore, rate }) => [datastoreKey(source, datastore), rate] as const),
      ...Object.entries(perMigration).map(([id, rate]) => [migrationKey(id as MigrationId), rate] as const), // by the schema
    ]);
    this.#buckets.write();
    if (forMs !== null)
      this.#timer = setTimeout(() => {
        this.#isOver = true;
        this.#buckets.write();
      }, forMs).unref();
  }

  /** The buckets of one migration, until it is disposed. */
  forRun({ id, source, datastores, isLimited }: LimitedRun): { readonly buckets: readonly number[] } & Disposable {
    const own = migrationKey(id);
    this.#isLimited.set(own, isLimited);
    const { buckets, [Symbol.dispose]: giveBack } = this.#buckets.take(keysOf(id, source, datastores));
    return {
      buckets,
      [Symbol.dispose]: () => {
        giveBack();
        this.#isLimited.delete(own);
        this.#rates?.delete(own);
        // Whoever comes next is named in another share, or is not limited.
        const isNamed = [...(this.#rates?.keys() ?? [])].some((key) => key.startsWith('migration '));
        if (this.#isLimited.size === 0 && !isNamed) this.#forget();
      },
    };
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  #forget(): void {
    clearTimeout(this.#timer);
    this.#isOver = false;
    this.#rates = null;
  }

  #rateOf(key: LimitKey): number | null {
    if (this.#isOver) return STANDS_STILL;
    const rate = this.#rates?.get(key);
    return rate === undefined ? (this.#isLimited.get(key) === true ? STANDS_STILL : null) : rate;
  }
}
