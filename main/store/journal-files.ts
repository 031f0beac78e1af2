/** The journals of a data folder, by the engines: the ones that count. */
import type { EnginePool } from '../engine-pool.ts';
import type { Given } from '../shared/given.ts';
import type { SentBy } from '../shared/journal-jobs.ts';
import type { MigrationId, MigrationRecord, MigrationRequest } from '../shared/migration.ts';
import type { Journals, Received, TakenJournal } from './journals.ts';

/** A line that was sent is kept, and what changes hands does, whoever waits. */
const never = new AbortController().signal;

export class JournalFiles implements Journals {
  readonly #dataDir: string;
  readonly #engines: EnginePool;

  constructor(dataDir: string, engines: EnginePool) {
    this.#dataDir = dataDir;
    this.#engines = engines;
  }

  async begin(request: MigrationRequest, signal: AbortSignal): Promise<MigrationRecord> {
    return await this.#engines.run({ kind: 'planned', request, dataDir: this.#dataDir }, signal);
  }

  async remove(id: MigrationId, signal: AbortSignal): Promise<void> {
    await this.#engines.run({ kind: 'deleteMigration', id, dataDir: this.#dataDir }, signal);
  }

  async keep(id: MigrationId, entry: Readonly<Record<string, unknown>>, by: SentBy): Promise<number | null> {
    return await this.#engines.run({ kind: 'keepEntry', id, dataDir: this.#dataDir, entry: { ...entry }, by }, never);
  }

  async give(id: MigrationId, given: Given): Promise<readonly unknown[]> {
    return await this.#engines.run({ kind: 'give', id, dataDir: this.#dataDir, given }, never);
  }

  async receive(id: MigrationId, carried: Received): Promise<void> {
    await this.#engines.run({ kind: 'receive', id, dataDir: this.#dataDir, ...carried }, never);
  }

  async take(): Promise<TakenJournal> {
    return await Promise.resolve({ job: {}, listener: {}, [Symbol.asyncDispose]: async () => {} });
  }
}
