/** What keeps the lines of the queue: `queue.jsonl` in a data folder, or a database that several servers write into. */
import * as path from 'node:path';
import type { MigrationId } from '../shared/migration.ts';
import { AppendLog } from '../store/append-log.ts';
import { Breather } from '../store/breather.ts';
import { QueueLine } from './entries.ts';

/** Who writes: the scheduler that decides, which is one among several servers, or somebody who asks for something. */
export type WrittenBy = 'scheduler' | 'caller';

export interface QueueHearer {
  /** A line is there for good: first each that was there before, then what is appended, in order. */
  line(line: QueueLine): void;
  /** All that was told before is told anew. */
  anew(): void;
  /** Lines of other servers about these were among those that were told. */
  changed(ids: readonly MigrationId[]): void;
  /**
   * Called with what is about to be appended.
   * @param unheard stands before it, and was not told yet
   * @returns what is appended instead
   */
  place(lines: readonly QueueLine[], unheard: readonly QueueLine[]): readonly QueueLine[];
}

export interface QueueLog extends AsyncDisposable {
  /** It is so long, or in such a state, that it should be written anew. */
  readonly isDue: boolean;
  /** Returns when all lines would survive a power cut and were told. @throws when it is not known whether they would */
  append(lines: readonly QueueLine[], by: WrittenBy): Promise<void>;
  /** Puts other lines in the place of all that are there: fewer, and the same to whoever folds them. */
  replace(snapshot: () => readonly QueueLine[]): Promise<void>;
  /** Looks what other servers have written. */
  catchUp(): Promise<void>;
}

export type OpenQueueLog = (hearer: QueueHearer) => Promise<QueueLog>;

/** @param snapshotAtBytes written anew at this size, or at four times that of the last time, whichever is more */
export const queueLogIn =
  (dataDir: string, snapshotAtBytes: number): OpenQueueLog =>
  async (hearer) => {
    const file = path.join(dataDir, 'queue.jsonl');
    const log = await AppendLog.open({ file, name: 'queue', schema: QueueLine, schemaVersion: 1 }, (line) =>
      hearer.line(line),
    );
    return new QueueLogFile(log, snapshotAtBytes);
  };

class QueueLogFile implements QueueLog {
  readonly #log: AppendLog<QueueLine>;
  readonly #snapshotAtBytes: number;
  #snapshotBytes = 0;
  /** After a failure: the next write begins a new file, whatever the old one is like. */
  #isBroken = false;

  constructor(log: AppendLog<QueueLine>, snapshotAtBytes: number) {
    this.#log = log;
    this.#snapshotAtBytes = snapshotAtBytes;
  }

  get isDue(): boolean {
    return this.#isBroken || this.#log.bytes > Math.max(this.#snapshotAtBytes, 4 * this.#snapshotBytes);
  }

  /** As one batch while they are few; thousands let others have the thread in between. */
  async append(lines: readonly QueueLine[]): Promise<void> {
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
    if (failure === undefined) return;
    this.#isBroken = true;
    throw failure;
  }

  async replace(snapshot: () => readonly QueueLine[]): Promise<void> {
    try {
      await this.#log.replace(snapshot);
    } catch (error) {
      this.#isBroken = true;
      throw error;
    }
    this.#snapshotBytes = this.#log.bytes;
    this.#isBroken = false;
  }

  /** Nobody else has the folder while a daemon runs. */
  async catchUp(): Promise<void> {}

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#log[Symbol.asyncDispose]();
  }
}
