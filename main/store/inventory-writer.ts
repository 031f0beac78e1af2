/** Writes the file of an inventory as its pages are told, behind the back of whoever tells them. */
import { open, rename, unlink, type FileHandle } from 'node:fs/promises';
import type { SourceId } from '../shared/connections.ts';
import { Breather } from './breather.ts';
import { FILE_MODE } from './durable-file.ts';
import { giveToOwner } from './owner.ts';
import { refused } from './errors.ts';
import { End, Head, LINE_SHAPE, newSum, SCHEMA_VERSION } from './inventory-format.ts';

/** A machine with its disks takes 2 to 5 KiB: so many bytes are summed up and written at once. */
const FLUSH_AT = 128 * 1024;

export interface InventoryWriterOptions {
  readonly file: string;
  readonly source: SourceId;
  /** Told when the file is in its place, before `finish` returns. */
  readonly onFinished: () => Promise<void>;
}

export class InventoryWriter implements AsyncDisposable {
  readonly #options: InventoryWriterOptions;
  readonly #part: string;
  readonly #handle: FileHandle;
  readonly #sum = newSum();
  readonly #breather = new Breather();
  #text = '';
  #written: Promise<void> = Promise.resolve();
  #isOpen = true;

  private constructor(options: InventoryWriterOptions, part: string, handle: FileHandle) {
    this.#options = options;
    this.#part = part;
    this.#handle = handle;
  }

  static async begin(options: InventoryWriterOptions): Promise<InventoryWriter> {
    const part = `${options.file}.${process.pid}.part`;
    const handle = await open(part, 'w', FILE_MODE).catch((error: unknown) => {
      throw refused('written', part, error);
    });
    await giveToOwner(part);
    const writer = new InventoryWriter(options, part, handle);
    const head = { schemaVersion: SCHEMA_VERSION, source: options.source, takenAt: new Date().toISOString() };
    writer.addLines(`${JSON.stringify(Head.parse(head))}\n`);
    return writer;
  }

  /** Takes lines at once, as `inventoryLines` makes them; `finish` tells how that went. */
  addLines(text: string): void {
    this.#after(async () => await this.#take(text));
  }

  /** Everything was told: from here on it is the inventory. */
  async finish(): Promise<void> {
    const { file, onFinished } = this.#options;
    this.#after(async () => {
      await this.#flush();
      const end = { end: true, sum: this.#sum.digest('hex'), shape: LINE_SHAPE } as const;
      await this.#handle.appendFile(`${JSON.stringify(End.parse(end))}\n`);
    });
    try {
      await this.#written;
      await this.#handle.datasync();
      await this.#close();
      await rename(this.#part, file); // it can be read again: a name that a power cut takes back is no loss
    } catch (error) {
      throw refused('written', file, error);
    }
    await onFinished();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isOpen) return;
    await this.#written.catch(() => {}); // `finish` has told it, or nobody wants to know any more
    await this.#close();
    await unlink(this.#part);
  }

  async #close(): Promise<void> {
    this.#isOpen = false;
    await this.#handle.close();
  }

  /** One piece of work after the other; the first that fails is the last. */
  #after(work: () => Promise<void>): void {
    this.#written = this.#written.then(work);
    this.#written.catch(() => {}); // whoever waits for the end is told
  }

  async #take(text: string): Promise<void> {
    this.#text += text;
    if (this.#text.length >= FLUSH_AT) await this.#flush();
    else if (this.#breather.isDue) await this.#breather.breathe();
  }

  async #flush(): Promise<void> {
    const bytes = Buffer.from(this.#text);
    this.#text = '';
    for (let at = 0; at < bytes.length; at += FLUSH_AT) {
      const part = bytes.subarray(at, at + FLUSH_AT);
      this.#sum.update(part);
      await this.#handle.appendFile(part);
      if (this.#breather.isDue) await this.#breather.breathe();
    }
  }
}
