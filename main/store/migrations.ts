/** All migrations of a data folder in memory, for a daemon: loaded once in pages, then kept up with their journals. */
import { watch, type FSWatcher } from 'node:fs';
import * as path from 'node:path';
import type { EnginePool } from '../engine-pool.ts';
import { RemoteError } from '../shared/errors.ts';
import { MigrationId, type MigrationRecord } from '../shared/migration.ts';
import { makeFolder } from './durable-file.ts';
import { refused } from './errors.ts';

/** A migration writes several lines at a time: they are looked at together. */
const GATHER_MS = 100;
/** A process that dies writes nothing: those that somebody works on are looked at again now and then. */
const LOOK_AGAIN_MS = 10_000;

export interface MigrationChange {
  readonly id: MigrationId;
  /** Null where it is new. */
  readonly before: MigrationRecord | null;
  /** Null where it is gone. */
  readonly after: MigrationRecord | null;
}

export class MigrationIndex implements AsyncDisposable {
  readonly #engines: Pick<EnginePool, 'run'>;
  readonly #dataDir: string;
  readonly #signal: AbortSignal;
  readonly #records = new Map<MigrationId, MigrationRecord>();
  readonly #listeners = new Set<(change: MigrationChange) => void>();
  /** Their journals have changed. */
  readonly #dirty = new Set<MigrationId>();
  /** They could not be read when they had changed. */
  readonly #unread = new Set<MigrationId>();
  /** By migration, which look at it was the last that counted: an earlier one may be answered later. */
  readonly #looks = new Map<MigrationId, number>();
  #lookNumber = 0;
  #newestFirst: readonly MigrationRecord[] | undefined;
  #watcher: FSWatcher | undefined;
  #gathering: NodeJS.Timeout | undefined;
  #lookingAgain: NodeJS.Timeout | undefined;
  #working: Promise<void> = Promise.resolve();

  private constructor(engines: Pick<EnginePool, 'run'>, dataDir: string, signal: AbortSignal) {
    this.#engines = engines;
    this.#dataDir = dataDir;
    this.#signal = signal;
  }

  /** @param signal stops all looking; what is in memory stays */
  static async open(engines: Pick<EnginePool, 'run'>, dataDir: string, signal: AbortSignal): Promise<MigrationIndex> {
    const index = new MigrationIndex(engines, dataDir, signal);
    try {
      await index.#watch(); // first: what changes while the pages come is looked at again
      await index.#load();
    } catch (error) {
      await index[Symbol.asyncDispose]();
      throw error;
    }
    return index;
  }

  /** Newest first. */
  all(): readonly MigrationRecord[] {
    this.#newestFirst ??= [...this.#records.values()].sort(byAge);
    return this.#newestFirst;
  }

  find(id: MigrationId): MigrationRecord | null {
    return this.#records.get(id) ?? null;
  }

  /** Reads one anew, for who has just changed it and goes on by what it is now. Null where it is gone. */
  async refresh(id: MigrationId): Promise<MigrationRecord | null> {
    const look = ++this.#lookNumber;
    this.#put(id, await this.#read(id), look);
    return this.find(id);
  }

  /** It was deleted. */
  forget(id: MigrationId): void {
    this.#put(id, null, ++this.#lookNumber);
  }

  /** Calls `hear` for each change from now on, until it is disposed. */
  onChange(hear: (change: MigrationChange) => void): Disposable {
    this.#listeners.add(hear);
    return { [Symbol.dispose]: () => void this.#listeners.delete(hear) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#watcher?.close();
    clearTimeout(this.#gathering);
    clearInterval(this.#lookingAgain);
    this.#dirty.clear();
    await this.#working;
  }

  async #load(): Promise<void> {
    let after: MigrationId | null = null;
    do {
      // One page after the other is asked for: what an engine sends unasked is taken over without a pause between.
      const job = { kind: 'migrations.page', dataDir: this.#dataDir, after } as const;
      const look = ++this.#lookNumber;
      const page: { records: MigrationRecord[]; next: MigrationId | null } = await this.#engines.run(job, this.#signal);
      for (const record of page.records) this.#put(record.request.id, record, look);
      after = page.next;
    } while (after !== null);
  }

  async #watch(): Promise<void> {
    const folder = path.join(this.#dataDir, 'migrations');
    try {
      await makeFolder(folder);
      this.#watcher = watch(folder, { signal: this.#signal }, (_event, name) => this.#hear(name));
    } catch (error) {
      throw refused('read', folder, error);
    }
    this.#watcher.on('error', () => {}); // the folder went away, and with it all that could change
    this.#lookingAgain = setInterval(() => {
      for (const { request, isRunning } of this.#records.values()) if (isRunning) this.#mark(request.id);
      for (const id of this.#unread) this.#mark(id);
      this.#unread.clear();
    }, LOOK_AGAIN_MS);
    this.#lookingAgain.unref();
  }

  #hear(name: string | null): void {
    const id = MigrationId.safeParse(name?.replace(/\.jsonl$/, ''));
    if (id.success) this.#mark(id.data);
  }

  #mark(id: MigrationId): void {
    this.#dirty.add(id);
    this.#gathering ??= setTimeout(() => {
      this.#gathering = undefined;
      this.#working = this.#working.then(() => this.#catchUp());
    }, GATHER_MS).unref();
  }

  async #catchUp(): Promise<void> {
    for (const id of this.#dirty) {
      this.#dirty.delete(id);
      // The engine died, or the file cannot be read for now: whoever asks for this one is told, the others go on.
      await this.refresh(id).catch(() => this.#unread.add(id));
    }
  }

  async #read(id: MigrationId): Promise<MigrationRecord | null> {
    try {
      const [record] = await this.#engines.run({ kind: 'migrations', dataDir: this.#dataDir, id }, this.#signal);
      return record ?? null;
    } catch (error) {
      if (error instanceof RemoteError && error.code === 'migration.unknown') return null;
      throw error;
    }
  }

  #put(id: MigrationId, after: MigrationRecord | null, look: number): void {
    if (look < (this.#looks.get(id) ?? 0)) return;
    this.#looks.set(id, look);
    const before = this.find(id);
    if (before === null && after === null) return;
    if (after === null) this.#records.delete(id);
    else this.#records.set(id, after);
    this.#newestFirst = undefined;
    for (const hear of this.#listeners) hear({ id, before, after });
  }
}

function byAge({ request: a }: MigrationRecord, { request: b }: MigrationRecord): number {
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? 1 : -1;
  return a.id < b.id ? 1 : -1;
}
