/** `settings.json`: slots, bandwidth limits and allowed nodes, as the operator has set them. */
import { z } from 'zod';
import { defaultSettings, SchedulerSettings } from '../shared/schedule.ts';
import { documentsAt } from '../store/document-files.ts';
import type { Documents, StateDocument } from '../store/documents.ts';
import { demandWindow } from '../shared/windows.ts';

const SCHEMA_VERSION = 1;
/** Files that were written before there was a back-off do not name it. */
const KeptSettings = SchedulerSettings.extend({
  latency: SchedulerSettings.shape.latency.default(defaultSettings.latency),
});
const Document = z.object({ schemaVersion: z.literal(SCHEMA_VERSION), settings: KeptSettings });
type Document = z.infer<typeof Document>;

export class SettingsFile {
  readonly #document: StateDocument<Document>;
  #settings: SchedulerSettings;

  private constructor(document: StateDocument<Document>, { settings }: Document) {
    this.#document = document;
    this.#settings = settings;
  }

  /**
   * @param place a data folder, or what keeps the documents elsewhere
   * @throws StoreDamagedError, StoreTooNewError, StoreRefusedError
   */
  static async open(place: string | Documents): Promise<SettingsFile> {
    const document = documentsAt(place).document<Document>({
      name: 'settings.json',
      schema: Document,
      schemaVersion: SCHEMA_VERSION,
      keepsBackup: true,
      empty: () => ({ schemaVersion: SCHEMA_VERSION, settings: defaultSettings }),
    });
    return new SettingsFile(document, await document.read());
  }

  get settings(): SchedulerSettings {
    return this.#settings;
  }

  /** Calls when another server has changed them, until it is disposed. */
  follow(hear: (settings: SchedulerSettings) => void): Disposable {
    return this.#document.follow(({ settings }) => {
      this.#settings = settings;
      hear(settings);
    });
  }

  /** What is not named stays. @throws BadWindowError, StoreBusyError, StoreRefusedError; nothing has changed then */
  async change(change: Partial<SchedulerSettings>): Promise<SchedulerSettings> {
    const { global, perSource, perMigration } = change.bandwidth ?? this.settings.bandwidth;
    for (const { table } of [global, perMigration, ...Object.values(perSource)])
      for (const { when } of table) demandWindow(when);
    const changed = await this.#document.change((before) => ({
      ...before,
      settings: { ...before.settings, ...change },
    }));
    this.#settings = changed.settings;
    return this.#settings;
  }
}
