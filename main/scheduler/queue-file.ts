/**
 * The queue on the disk, as a journal: every line is there before it counts, many that come at once share one sync, and
 * when it has grown it is written anew as things stand.
 */
import { copyFile, open, readFile, rename, truncate, unlink, type FileHandle } from 'node:fs/promises';
import * as path from 'node:path';
import { z } from 'zod';
import type { MigrationId } from '../shared/migration.ts';
import { makeFolder, syncFolder } from '../store/durable-file.ts';
import { refused, StoreDamagedError, StoreTooNewError } from '../store/errors.ts';
import { apply, QueueLine, type Entries, type QueueEntry } from './entries.ts';
import { lineText, linesIn } from './queue-lines.ts';

const SCHEMA_VERSION = 1;
const Head = z.object({ what: z.literal('queue'), schemaVersion: z.number().int() });
/** Lines that are made to text in one go: others have their turn in between. */
const LINES_AT_ONCE = 200;
const SNAPSHOT_AT_BYTES = 1024 ** 2;

export interface QueueFileOptions {
  /** Written anew at this size, or at four times that of the last time, whichever is more. */
  readonly snapshotAtBytes?: number;
  /** Gets what an operator should know: the journal was damaged. */
  readonly onWarning?: (says: string) => void;
}

interface Pending {
  readonly lines: readonly QueueLine[];
  resolve(): void;
  reject(error: unknown): void;
}

export class QueueFile implements AsyncDisposable {
  readonly #file: string;
  readonly #snapshotAtBytes: number;
  #handle: FileHandle;
  #sizeBytes: number;
  #snapshotBytes = 0;
  /** The last write failed: nobody knows what of it is on the disk, so the next one writes everything. */
  #isBroken = false;
  /** As it would be found after a power cut. */
  #durable: Map<MigrationId, QueueEntry>;
  /** The same with what is being written. */
  #entries: Map<MigrationId, QueueEntry>;
  #pending: Pending[] = [];
  #flushing: Promise<void> | undefined;

  private constructor(
    file: string,
    handle: FileHandle,
    sizeBytes: number,
    entries: Map<MigrationId, QueueEntry>,
    options: QueueFileOptions,
  ) {
    this.#file = file;
    this.#handle = handle;
    this.#sizeBytes = sizeBytes;
    this.#durable = entries;
    this.#entries = new Map(entries);
    this.#snapshotAtBytes = options.snapshotAtBytes ?? SNAPSHOT_AT_BYTES;
  }

  /** @throws StoreTooNewError, StoreDamagedError, StoreRefusedError */
  static async open(dataDir: string, options: QueueFileOptions = {}): Promise<QueueFile> {
    const file = path.join(dataDir, 'queue.jsonl');
    try {
      await makeFolder(dataDir);
      const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return '';
        throw error;
      });
      const { values, soundBytes, isDamaged } = linesIn(text);
      const entries = folded(file, values);
      if (isDamaged) {
        const aside = `${file}.corrupt`;
        await copyFile(file, aside);
        options.onWarning?.(
          `Lines in the middle of “${file}” were damaged. The others were kept; the file as it was is “${aside}” now. Look through the queue.`,
        );
      } else if (text !== '') await truncate(file, soundBytes);
      const queue = new QueueFile(file, await open(file, 'a', 0o600), soundBytes, entries, options);
      queue.#isBroken = isDamaged || soundBytes === 0;
      return queue;
    } catch (error) {
      throw refused('read', file, error);
    }
  }

  /** In the order in which they were first written down. */
  get entries(): Entries {
    return this.#entries;
  }

  /**
   * Returns when the lines would survive a power cut; they show in `entries` at once.
   * @throws StoreRefusedError when they could not be written: they are taken back then, and with them all that came after
   */
  async write(...lines: readonly QueueLine[]): Promise<void> {
    if (lines.length === 0) return;
    for (const line of lines) apply(this.#entries, line);
    await new Promise<void>((resolve, reject) => {
      this.#pending.push({ lines, resolve, reject });
      this.#flushing ??= this.#flush();
    });
  }

  /** Returns when nothing is being written. */
  async written(): Promise<void> {
    while (this.#flushing !== undefined) await this.#flushing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.written();
    await this.#handle.close();
  }

  async #flush(): Promise<void> {
    while (this.#pending.length > 0) {
      const batch = this.#pending.splice(0);
      const lines = batch.flatMap((one) => one.lines);
      try {
        if (this.#isBroken || this.#sizeBytes > Math.max(this.#snapshotAtBytes, 4 * this.#snapshotBytes))
          await this.#rewrite();
        this.#isBroken = true; // until it is known better
        this.#sizeBytes += await append(this.#handle, lines);
        await this.#handle.datasync();
        this.#isBroken = false;
        for (const line of lines) apply(this.#durable, line);
        for (const one of batch) one.resolve();
      } catch (error) {
        this.#entries = new Map(this.#durable);
        const told = refused('written', this.#file, error);
        for (const one of [...batch, ...this.#pending.splice(0)]) one.reject(told);
      }
    }
    this.#flushing = undefined;
  }

  /** Beside the old one, which stays until the new one is whole and on the disk. */
  async #rewrite(): Promise<void> {
    const part = `${this.#file}.${process.pid}.part`;
    await makeFolder(path.dirname(this.#file));
    const handle = await open(part, 'w', 0o600);
    let sizeBytes: number;
    try {
      sizeBytes = await append(handle, [{ what: 'queue', schemaVersion: SCHEMA_VERSION }]);
      sizeBytes += await append(
        handle,
        [...this.#durable.values()].map((entry) => ({ what: 'kept', entry })),
      );
      await handle.datasync();
      await rename(part, this.#file);
    } catch (error) {
      await handle.close();
      await unlink(part).catch(() => {}); // what failed is told
      throw error;
    }
    await this.#handle.close().catch(() => {}); // its file has no name any more
    this.#handle = handle;
    this.#sizeBytes = sizeBytes;
    this.#snapshotBytes = sizeBytes;
    await syncFolder(path.dirname(this.#file));
  }
}

async function append(handle: FileHandle, values: readonly unknown[]): Promise<number> {
  let bytes = 0;
  for (let at = 0; at < values.length; at += LINES_AT_ONCE) {
    const text = Buffer.from(
      values
        .slice(at, at + LINES_AT_ONCE)
        .map(lineText)
        .join(''),
    );
    await handle.appendFile(text);
    bytes += text.byteLength;
  }
  return bytes;
}

function folded(file: string, [head, ...values]: readonly unknown[]): Map<MigrationId, QueueEntry> {
  const entries = new Map<MigrationId, QueueEntry>();
  if (head === undefined) return entries;
  const known = Head.safeParse(head);
  if (known.success && known.data.schemaVersion > SCHEMA_VERSION)
    throw new StoreTooNewError(file, known.data.schemaVersion);
  for (const [index, value] of (known.success ? values : [head, ...values]).entries()) {
    const { data, error } = QueueLine.safeParse(value);
    if (data === undefined)
      throw new StoreDamagedError(
        file,
        `Line ${index + 2} is none that this Guts writes.`,
        'Use the Guts that wrote it, or move the file away to begin with an empty queue; the migrations themselves stay.',
        { cause: error },
      );
    apply(entries, data);
  }
  return entries;
}
