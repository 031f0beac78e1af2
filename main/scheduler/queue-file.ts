/** `queue.jsonl`: the queue as a log of what happened to it. What is being written shows at once, and is taken back if it fails. */
import * as path from 'node:path';
import type { MigrationId } from '../shared/migration.ts';
import { AppendLog } from '../store/append-log.ts';
import { Breather } from '../store/breather.ts';
import { apply, QueueLine, type Entries, type QueueEntry } from './entries.ts';

/** Written anew at this size, or at four times that of the last time, whichever is more. */
const SNAPSHOT_AT_BYTES = 1024 ** 2;

interface Pending {
  readonly lines: readonly QueueLine[];
  resolve(): void;
  reject(error: unknown): void;
}

export class QueueFile implements AsyncDisposable {
  readonly #log: AppendLog<QueueLine>;
  readonly #snapshotAtBytes: number;
  #snapshotBytes = 0;
  /** As it would be found after a power cut. */
  readonly #durable: Map<MigrationId, QueueEntry>;
  /** The same with what is being written. */
  #entries: Map<MigrationId, QueueEntry>;
  /** After a failure: the next write begins a new file, whatever the old one is like. */
  #isBroken = false;
  #pending: Pending[] = [];
  #flushing: Promise<void> | undefined;

  private constructor(log: AppendLog<QueueLine>, durable: Map<MigrationId, QueueEntry>, snapshotAtBytes: number) {
    this.#log = log;
    this.#durable = durable;
    this.#entries = new Map(durable);
    this.#snapshotAtBytes = snapshotAtBytes;
  }

  /** @throws StoreDamagedError, StoreTooNewError, StoreRefusedError */
  static async open(dataDir: string, snapshotAtBytes = SNAPSHOT_AT_BYTES): Promise<QueueFile> {
    const durable = new Map<MigrationId, QueueEntry>();
    const file = path.join(dataDir, 'queue.jsonl');
    const log = await AppendLog.open({ file, name: 'queue', schema: QueueLine, schemaVersion: 1 }, (line) =>
      apply(durable, line),
    );
    return new QueueFile(log, durable, snapshotAtBytes);
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
    await this.#log[Symbol.asyncDispose]();
  }

  async #flush(): Promise<void> {
    while (this.#pending.length > 0) {
      const batch = this.#pending.splice(0);
      try {
        if (this.#isBroken || this.#log.bytes > Math.max(this.#snapshotAtBytes, 4 * this.#snapshotBytes))
          await this.#writeAnew();
        await this.#append(batch.flatMap(({ lines }) => lines));
        for (const one of batch) one.resolve();
      } catch (error) {
        this.#isBroken = true;
        this.#entries = new Map(this.#durable);
        for (const one of [...batch, ...this.#pending.splice(0)]) one.reject(error);
      }
    }
    this.#flushing = undefined;
  }

  /** As one batch while they are few; thousands let others have the thread in between. */
  async #append(lines: readonly QueueLine[]): Promise<void> {
    const breather = new Breather();
    const failures: Promise<unknown>[] = [];
    for (const line of lines) {
      if (breather.isDue) await breather.breathe();
      failures.push(
        this.#log.append(line).then(
          () => null,
          (error: unknown) => error,
        ),
      );
    }
    const failure = (await Promise.all(failures)).find((one) => one !== null);
    if (failure !== undefined) throw failure;
  }

  async #writeAnew(): Promise<void> {
    await this.#log.replace(() => [...this.#durable.values()].map((entry) => ({ what: 'kept', entry })));
    this.#snapshotBytes = this.#log.bytes;
    this.#isBroken = false;
  }
}
