/** The queue in a database: what the scheduler decides is taken from the server that leads alone, what callers ask for from each. */
import { QueueLine } from '../../scheduler/entries.ts';
import type { QueueHearer, QueueLog, WrittenBy } from '../../scheduler/queue-log.ts';
import type { Database, Tx } from './database.ts';
import { NotLeaderError } from './errors.ts';
import { LogRows } from './log-rows.ts';

/** Written anew at so many lines, or at four times those of the last time, whichever is more. */
const SNAPSHOT_AT_LINES = 5_000;

/** The number under which this server leads; null where it does not. */
export type FenceOf = () => number | null;

export class SqlQueueLog implements QueueLog {
  readonly #database: Database;
  readonly #rows: LogRows<QueueLine>;
  readonly #hearer: QueueHearer;
  readonly #fence: FenceOf;
  readonly #snapshotAtLines: number;
  #snapshotLines = 0;
  /** The change in which it was begun as it is known here. */
  #head = 0;
  /** The last line that was told. */
  #last = 0;
  #catchingUp: Promise<void> | undefined;

  private constructor(database: Database, hearer: QueueHearer, fence: FenceOf, snapshotAtLines: number) {
    this.#database = database;
    this.#rows = new LogRows(database, { name: 'queue', schema: QueueLine, schemaVersion: 1 });
    this.#hearer = hearer;
    this.#fence = fence;
    this.#snapshotAtLines = snapshotAtLines;
  }

  static async open(
    database: Database,
    hearer: QueueHearer,
    fence: FenceOf,
    snapshotAtLines = SNAPSHOT_AT_LINES,
  ): Promise<SqlQueueLog> {
    const log = new SqlQueueLog(database, hearer, fence, snapshotAtLines);
    const isThere = await database.ask(async (db) => (await log.#rows.head(db)) !== null);
    if (!isThere)
      await database.write(async (tx, changed) => {
        if ((await log.#rows.head(tx)) === null) await log.#rows.begin(tx, changed);
      });
    await log.catchUp();
    return log;
  }

  get isDue(): boolean {
    return this.#last > Math.max(this.#snapshotAtLines, 4 * this.#snapshotLines);
  }

  async append(lines: readonly QueueLine[], by: WrittenBy): Promise<void> {
    const { first, placed } = await this.#database.write(async (tx, changed) => {
      this.#hear(await this.#news(tx));
      const own = this.#hearer.place(lines);
      const next = this.#last + 1;
      await this.#rows.add(tx, next, own, changed);
      return { first: next, placed: own };
    }, this.#fenced(by));
    for (const [i, line] of placed.entries()) {
      if (first + i !== this.#last + 1) continue; // told as news meanwhile
      this.#hearer.line(line);
      this.#last += 1;
    }
  }

  async replace(snapshot: () => readonly QueueLine[]): Promise<void> {
    const { head, lines } = await this.#database.write(async (tx, changed) => {
      this.#hear(await this.#news(tx));
      const kept = snapshot();
      await this.#rows.begin(tx, changed);
      await this.#rows.add(tx, 1, kept, changed);
      return { head: changed, lines: kept.length };
    }, this.#fenced('scheduler'));
    this.#snapshotLines = lines;
    if (head <= this.#head) return;
    this.#head = head;
    this.#last = lines;
  }

  async catchUp(): Promise<void> {
    this.#catchingUp ??= (async () => {
      this.#hear(await this.#database.ask(async (db) => await this.#news(db)));
    })().finally(() => (this.#catchingUp = undefined));
    await this.#catchingUp;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#catchingUp?.catch(() => {}); // whoever asked for it is told
  }

  #fenced(by: WrittenBy): { readonly fence?: number } {
    if (by === 'caller') return {};
    const fence = this.#fence();
    if (fence === null) throw new NotLeaderError();
    return { fence };
  }

  async #news(db: Tx | Parameters<Parameters<Database['ask']>[0]>[0]): Promise<News> {
    const head = (await this.#rows.head(db)) ?? 0;
    return { head, rows: await this.#rows.after(db, head === this.#head ? this.#last : 0) };
  }

  #hear({ head, rows }: News): void {
    if (head < this.#head) return; // looked at before it was written anew
    if (head > this.#head) {
      this.#head = head;
      this.#last = 0;
      this.#hearer.anew();
    } else if (rows.length === 0) return;
    for (const { number, entry } of rows) {
      if (number !== this.#last + 1) continue;
      this.#hearer.line(entry);
      this.#last = number;
    }
    this.#hearer.changed();
  }
}

interface News {
  readonly head: number;
  readonly rows: readonly { readonly number: number; readonly entry: QueueLine }[];
}
