/**
 * What the sources have, kept in one file per source with one thing per line: it is written page by page as it is told, an
 * update is a line at the end, and once read it stays in memory for as long as the file is the same.
 */
import { stat, unlink } from 'node:fs/promises';
import * as path from 'node:path';
import type { SourceId } from '../shared/connections.ts';
import { GutsError } from '../shared/errors.ts';
import { makeFolder } from './durable-file.ts';
import { refused } from './errors.ts';
import { takenAtOf } from './inventory-format.ts';
import { InventoryView } from './inventory-view.ts';
import { InventoryWriter } from './inventory-writer.ts';

export type { InventoryThing } from './inventory-format.ts';

/** Nothing was read from this source yet. */
export class NoInventoryError extends GutsError {
  readonly code = 'inventory.none';
  readonly remedy: string;

  constructor(name: string) {
    super(`The inventory of “${name}” was not read yet.`);
    this.remedy = `Refresh the source (“guts source refresh ${name}”).`;
  }
}

/** A view, and the file that it was made of. */
interface Held {
  readonly mark: string;
  readonly view: InventoryView;
}

export class InventoryStore {
  readonly #folder: string;
  readonly #held = new Map<SourceId, Held>();
  readonly #loading = new Map<SourceId, Promise<InventoryView | null>>();

  constructor(dataDir: string) {
    this.#folder = path.join(dataDir, 'inventory');
  }

  /** Takes pages until it is finished; what was there before stays until then, and stays for good when it is not. */
  async writer(source: SourceId): Promise<InventoryWriter> {
    await makeFolder(this.#folder).catch((error: unknown) => {
      throw refused('written', this.#folder, error);
    });
    return await InventoryWriter.begin({
      file: this.#fileOf(source),
      source,
      // Who has looked at it before will look again: nobody has to wait for that then.
      onFinished: async () => {
        await this.#loading.get(source)?.catch(() => {}); // that may be of the file before
        if (this.#held.has(source)) await this.#load(source);
      },
    });
  }

  /**
   * What a source has; null where nothing was kept. Where another process has read it anew, what was true before is told
   * until the new is in memory.
   * @throws StoreDamagedError when the file is cut or not what was written
   */
  async view(source: SourceId): Promise<InventoryView | null> {
    const held = this.#held.get(source);
    const mark = await this.#markOf(source);
    if (held === undefined || mark === null) return await this.#load(source);
    if (held.mark !== mark) this.#load(source).catch(() => {}); // the next to ask is told: what was held is let go
    return held.view;
  }

  /** When it was read; null where nothing was kept. Looks at no more than that. */
  async takenAt(source: SourceId): Promise<string | null> {
    const file = this.#fileOf(source);
    try {
      return this.#held.get(source)?.view.takenAt ?? (await takenAtOf(file));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw refused('read', file, error);
    }
  }

  /** Also when nothing is there. */
  async remove(source: SourceId): Promise<void> {
    this.#held.delete(source);
    await unlink(this.#fileOf(source)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw refused('written', this.#fileOf(source), error);
    });
  }

  async #load(source: SourceId): Promise<InventoryView | null> {
    const before = this.#loading.get(source);
    if (before !== undefined) return await before;
    const loading = this.#loadNow(source).finally(() => this.#loading.delete(source));
    this.#loading.set(source, loading);
    return await loading;
  }

  async #loadNow(source: SourceId): Promise<InventoryView | null> {
    const mark = await this.#markOf(source); // before it is read: should it change meanwhile, it is read again
    try {
      const view = await InventoryView.load(this.#fileOf(source));
      this.#held.set(source, { mark: mark ?? '', view });
      return view;
    } catch (error) {
      this.#held.delete(source);
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw refused('read', this.#fileOf(source), error);
    }
  }

  /** Tells one file from another under the same name; null where there is none. */
  async #markOf(source: SourceId): Promise<string | null> {
    try {
      const { ino, size, mtimeNs } = await stat(this.#fileOf(source), { bigint: true });
      return `${ino} ${size} ${mtimeNs}`;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw refused('read', this.#fileOf(source), error);
    }
  }

  #fileOf(source: SourceId): string {
    return path.join(this.#folder, `${source}.ndjson`);
  }
}
