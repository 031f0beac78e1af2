/** The queue in a database: what the scheduler decides is taken from the server that leads alone, what callers ask for from each. */
import { QueueLine } from '../../scheduler/entries.ts';
import type { MigrationId } from '../../shared/migration.ts';
import type { QueueHearer, QueueLog, WrittenBy } from '../../scheduler/queue-log.ts';
import type { Kysely } from 'kysely';
import type { Database } from './database.ts';
import { NotLeaderError } from './errors.ts';
import { LogRows } from './log-rows.ts';
import type { Tables } from './tables.ts';

/** Written anew at so many lines, or at four times those of the last time, whichever is more. */
const SNAPSHOT_AT_LINES = 5_000;

/** Returns when the journals of these migrations are known here: whoever finds one in the queue finds its journal. */
export type Meet = (ids: readonly MigrationId[]) => Promise<void>;

export interface SqlQueueOptions {
  /** The number under which this server leads; null where it does not. */
  readonly fence: () => number | null;
  readonly meet: Meet;
  readonly snapshotAtLines?: number;
}

export class SqlQueueLog implements QueueLog {
  readonly #database: Database;
  readonly #rows: LogRows<QueueLine>;
  readonly #hearer: QueueHearer;
  readonly #fence: SqlQueueOptions['fence'];
  readonly #meet: Meet;
  readonly #snapshotAtLines: number;
  #snapshotLines = 0;
  /** The change in which it was begun as it is known here. */
  #head = 0;
  /** The last line that was told. */
  #last = 0;
  #catchingUp: Promise<void> | undefined;

  private constructor(
    database: Database,
    hearer: QueueHearer,
    { fence, meet, snapshotAtLines = SNAPSHOT_AT_LINES }: SqlQueueOptions,
  ) {
    this.#database = database;
    this.#rows = new LogRows(database, { name: 'queue', schema: QueueLine, schemaVersion: 1 });
    this.#hearer = hearer;
    this.#fence = fence;
    this.#meet = meet;
    this.#snapshotAtLines = snapshotAtLines;
  }

  static async open(database: Database, hearer: QueueHearer, options: SqlQueueOptions): Promise<SqlQueueLog> {
    const log = new SqlQueueLog(database, hearer, options);
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
    const { first, own } = await this.#database.write(async (tx, changed) => {
      const { head, rows } = await this.#news(tx);
      const news = rows.map(({ entry }) => entry);
      const placed = this.#hearer.place(lines, news);
      const last = rows.at(-1)?.number ?? (head === this.#head ? this.#last : 0);
      await this.#rows.add(tx, last + 1, placed, changed);
      return { first: last + 1, own: placed };
    }, this.#fenced(by));
    if (first !== this.#last + 1) {
      await this.catchUp(); // others were faster: their lines come first
      return;
    }
    for (const line of own) this.#hearer.line(line);
    this.#last += own.length;
  }

  async replace(snapshot: () => readonly QueueLine[]): Promise<void> {
    const done = await this.#database.write(async (tx, changed) => {
      const { head, rows } = await this.#news(tx);
      if (head !== this.#head || rows.length > 0) return null; // others were faster: the next time
      const kept = snapshot();
      await this.#rows.begin(tx, changed);
      await this.#rows.add(tx, 1, kept, changed);
      return { head: changed, lines: kept.length };
    }, this.#fenced('scheduler'));
    if (done === null) {
      await this.catchUp();
      return;
    }
    this.#snapshotLines = done.lines;
    if (done.head <= this.#head) return;
    this.#head = done.head;
    this.#last = done.lines;
  }

  async catchUp(): Promise<void> {
    const before = this.#catchingUp;
    const own = (async () => {
      await before?.catch(() => {}); // what that one has not seen is looked for here
      const news = await this.#database.ask(async (db) => await this.#news(db));
      await this.#meet(news.rows.map(({ entry }) => idOf(entry)));
      this.#hear(news);
    })();
    this.#catchingUp = own;
    await own;
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

  async #news(db: Kysely<Tables>): Promise<News> {
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
    this.#hearer.changed([...new Set(rows.map(({ entry }) => idOf(entry)))]);
  }
}

const idOf = (line: QueueLine): MigrationId => (line.what === 'kept' ? line.entry.id : line.id);

interface News {
  readonly head: number;
  readonly rows: readonly { readonly number: number; readonly entry: QueueLine }[];
}
