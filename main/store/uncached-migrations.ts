/** Migrations as their journals tell them at this moment: other processes may be at work on them. */
import type { EnginePool } from '../engine-pool.ts';
import type { MigrationShelf } from '../operations/handlers.ts';
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
    return (await this.#engines.run({ kind: 'journey', id, dataDir: this.#dataDir }, never)).record;
  }

  async refresh(): Promise<void> {}
  async forget(): Promise<void> {}
}
