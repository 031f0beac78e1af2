/** `settings.json`: slots, bandwidth limits and allowed nodes, as the operator has set them. */
import * as path from 'node:path';
import { Low } from 'lowdb';
import { z } from 'zod';
import { defaultSettings, SchedulerSettings } from '../shared/schedule.ts';
import { DurableFile } from '../store/durable-file.ts';
import { asOnlyWriter } from '../store/writer-lock.ts';
import { demandWindow } from '../shared/windows.ts';

const SCHEMA_VERSION = 1;
/** Files that were written before there was a back-off do not name it. */
const KeptSettings = SchedulerSettings.extend({
  latency: SchedulerSettings.shape.latency.default(defaultSettings.latency),
});
const Document = z.object({ schemaVersion: z.literal(SCHEMA_VERSION), settings: KeptSettings });
type Document = z.infer<typeof Document>;

export class SettingsFile {
  readonly #folder: string;
  readonly #db: Low<Document>;

  private constructor(folder: string, db: Low<Document>) {
    this.#folder = folder;
    this.#db = db;
  }

  /** @throws StoreDamagedError, StoreTooNewError, StoreRefusedError */
  static async open(dataDir: string): Promise<SettingsFile> {
    const file = new DurableFile<Document>({
      file: path.join(dataDir, 'settings.json'),
      schema: Document,
      schemaVersion: SCHEMA_VERSION,
      keepsBackup: true,
    });
    const db = new Low<Document>(file, { schemaVersion: SCHEMA_VERSION, settings: defaultSettings });
    await db.read();
    return new SettingsFile(dataDir, db);
  }

  get settings(): SchedulerSettings {
    return this.#db.data.settings;
  }

  /** What is not named stays. @throws BadWindowError, StoreBusyError, StoreRefusedError; nothing has changed then */
  async change(change: Partial<SchedulerSettings>): Promise<SchedulerSettings> {
    const { global, perSource, perMigration } = change.bandwidth ?? this.settings.bandwidth;
    for (const { table } of [global, perMigration, ...Object.values(perSource)])
      for (const { when } of table) demandWindow(when);
    return await asOnlyWriter(this.#folder, async () => {
      const before = this.#db.data;
      this.#db.data = { ...before, settings: { ...before.settings, ...change } };
      try {
        await this.#db.write();
      } catch (error) {
        this.#db.data = before;
        throw error;
      }
      return this.settings;
    });
  }
}
