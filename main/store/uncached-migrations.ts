/** Migrations as their journals tell them at this moment: other processes may be at work on them. */
import type { EnginePool } from '../engine-pool.ts';
import type { MigrationShelf } from '../operations/handlers.ts';
import { GutsError } from '../shared/errors.ts';
import type { MigrationId, MigrationRecord } from '../shared/migration.ts';

const never = new AbortController().signal;

export class UncachedMigrations implements MigrationShelf {
  readonly #engines: EnginePool;
  readonly #dataDir: string;

  constructor(engines: EnginePool, dataDir: string) {
    this.#engines = engines;
    this.#dataDir = dataDir;
  }

  async all(): Promise<readonly MigrationRecord[]> {
    return await this.#engines.run({ kind: 'migrations', dataDir: this.#dataDir, id: null }, never);
  }

  async one(id: MigrationId): Promise<MigrationRecord> {
    const [record] = await this.#engines.run({ kind: 'migrations', dataDir: this.#dataDir, id }, never);
    if (record === undefined) throw new UnknownMigrationError(id);
    return record;
  }

  async refresh(): Promise<void> {}
  async forget(): Promise<void> {}
}

export class UnknownMigrationError extends GutsError {
  readonly code = 'migration.unknown';
  readonly remedy = '“guts list” shows those that are known.';

  constructor(which: string) {
    super(`There is no migration “${which}”.`);
  }
}
