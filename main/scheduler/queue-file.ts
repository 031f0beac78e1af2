/** The queue as a log of what happened to it. What is being written shows at once, and is taken back if it fails. */
import type { MigrationId } from '../shared/migration.ts';
import { apply, type QueueLine, type Entries, type QueueEntry } from './entries.ts';
import { queueLogIn, type OpenQueueLog, type QueueLog, type WrittenBy } from './queue-log.ts';

const SNAPSHOT_AT_BYTES = 1024 ** 2;

interface Pending {
  lines: readonly QueueLine[];
  readonly by: WrittenBy;
  resolve(): void;
  reject(error: unknown): void;
}

export class QueueFile implements AsyncDisposable {
  #log: QueueLog | undefined;
  /** As it would be found after a power cut. */
  readonly #durable = new Map<MigrationId, QueueEntry>();
  /** The same with what is being written. */
  #entries = new Map<MigrationId, QueueEntry>();
  #pending: Pending[] = [];
  /** What is being written right now. */
  #batch: readonly Pending[] = [];
  #flushing: Promise<void> | undefined;
  /** Something that is being written has got another place than it was shown with. */
  #isMoved = false;
  readonly #listeners = new Set<(ids: readonly MigrationId[]) => void>();

  private constructor() {}

  /**
   * @param where a data folder, or what keeps the log elsewhere
   * @param snapshotAtBytes of a data folder's file
   * @throws StoreDamagedError, StoreTooNewError, StoreRefusedError
   */
  static async open(where: string | OpenQueueLog, snapshotAtBytes = SNAPSHOT_AT_BYTES): Promise<QueueFile> {
    const queue = new QueueFile();
    const open = typeof where === 'string' ? queueLogIn(where, snapshotAtBytes) : where;
    queue.#log = await open({
      line: (line) => apply(queue.#durable, line),
      anew: () => queue.#durable.clear(),
      changed: (ids) => queue.#hearOthers(ids),
      place: (lines, unheard) => {
        queue.#giveWay(unheard.flatMap((line) => (line.what === 'wished' ? line.id : [])));
        const standing = new Set(queue.#batch.flatMap((one) => one.lines));
        const left = lines.filter((line) => standing.has(line));
        const own = placed(queue.#durable, unheard, left);
        queue.#isMoved ||= own.length < lines.length || own.some((line, i) => line !== lines[i]);
        return own;
      },
    });
    queue.#entries = new Map(queue.#durable);
    return queue;
  }

  /** In the order in which they were first written down. */
  get entries(): Entries {
    return this.#entries;
  }

  /** Calls with those about which another server has changed something, until it is disposed. */
  onOthers(hear: (ids: readonly MigrationId[]) => void): Disposable {
    this.#listeners.add(hear);
    return { [Symbol.dispose]: () => void this.#listeners.delete(hear) };
  }

  /**
   * Returns when the lines would survive a power cut; they show in `entries` at once.
   * @throws StoreRefusedError when they could not be written: they are taken back then, and with them all that came after
   */
  async write(...lines: readonly QueueLine[]): Promise<void> {
    await this.#write(lines, 'scheduler');
  }

  /** The same, for what somebody asks of the scheduler, which may be another server's. */
  async ask(...lines: readonly QueueLine[]): Promise<void> {
    await this.#write(lines, 'caller');
  }

  /** Looks what other servers have written. */
  async catchUp(): Promise<void> {
    await this.#log?.catchUp();
  }

  /** Returns when nothing is being written. */
  async written(): Promise<void> {
    while (this.#flushing !== undefined) await this.#flushing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.written();
    await this.#log?.[Symbol.asyncDispose]();
  }

  async #write(lines: readonly QueueLine[], by: WrittenBy): Promise<void> {
    if (lines.length === 0) return;
    for (const line of lines) apply(this.#entries, line);
    await new Promise<void>((resolve, reject) => {
      this.#pending.push({ lines, by, resolve, reject });
      this.#flushing ??= this.#flush();
    });
  }

  async #flush(): Promise<void> {
    while (this.#pending.length > 0) {
      const by = this.#pending[0]?.by ?? 'scheduler';
      const others = this.#pending.findIndex((one) => one.by !== by);
      const batch = this.#pending.splice(0, others < 0 ? this.#pending.length : others);
      this.#batch = batch;
      try {
        if (this.#log === undefined) throw new Error('the queue is not open');
        if (this.#log.isDue && by === 'scheduler') await this.#log.replace(() => this.#kept());
        await this.#log.append(
          batch.flatMap(({ lines }) => lines),
          by,
        );
        this.#batch = [];
        if (this.#isMoved) this.#showAgain();
        this.#isMoved = false;
        for (const one of batch) one.resolve();
      } catch (error) {
        this.#entries = new Map(this.#durable);
        for (const one of [...batch, ...this.#pending.splice(0)]) one.reject(error);
      }
      this.#batch = [];
    }
    this.#flushing = undefined;
  }

  #kept(): QueueLine[] {
    return [...this.#durable.values()].map((entry) => ({ what: 'kept', entry }));
  }

  #hearOthers(ids: readonly MigrationId[]): void {
    this.#giveWay(ids);
    this.#showAgain();
    for (const hear of this.#listeners) hear(ids);
  }

  /**
   * Somebody has asked something of these at another server: what the scheduler has made of an older wish, and is not written
   * yet, is not written any more. It looks again, and sees the newer one.
   */
  #giveWay(ids: readonly MigrationId[]): void {
    const asked = new Set(ids);
    for (const one of [...this.#batch, ...this.#pending])
      if (one.by === 'scheduler') one.lines = one.lines.filter((line) => line.what !== 'wished' || !asked.has(line.id));
  }

  #showAgain(): void {
    this.#entries = new Map(this.#durable);
    for (const { lines } of [...this.#batch, ...this.#pending]) for (const line of lines) apply(this.#entries, line);
  }
}

const numberIn = (line: QueueLine): number =>
  line.what === 'kept' ? line.entry.number : line.what === 'wished' ? (line.number ?? 0) : 0;

/** Whoever did not know what others had put into the queue gave their places once more: these come behind them. */
function placed(durable: Entries, unheard: readonly QueueLine[], lines: readonly QueueLine[]): readonly QueueLine[] {
  const wished = lines.filter((line) => line.what === 'wished' && line.number !== null);
  if (wished.length === 0) return lines;
  let last = 0;
  for (const { number } of durable.values()) last = Math.max(last, number);
  for (const line of unheard) last = Math.max(last, numberIn(line));
  return lines.map((line) => {
    if (line.what !== 'wished' || line.number === null) return line;
    last = Math.max(last + 1, line.number);
    return line.number === last ? line : { ...line, number: last };
  });
}
