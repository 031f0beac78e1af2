/** The audit log in a database: each line has the next number, whichever server writes it. */
import type { AuditBook, AuditPlace, UnnumberedEntry } from '../../access/audit-book.ts';
import { AuditEntry } from '../../shared/access.ts';
import type { Database, Tx } from './database.ts';
import { LogRows } from './log-rows.ts';

const NEWEST = 'audit';
/** Read at once. */
const PAGE = 1000;

export class SqlAudit implements AuditPlace {
  readonly #database: Database;
  readonly #books = new Set<SqlAuditBook>();

  constructor(database: Database) {
    this.#database = database;
  }

  async open(hear: (entry: AuditEntry) => void): Promise<AuditBook> {
    const book = new SqlAuditBook(this.#database, hear, () => this.#books.delete(book));
    this.#books.add(book);
    await book.catchUp();
    return book;
  }

  /** Looks what other servers have written. */
  async catchUp(): Promise<void> {
    for (const book of this.#books) await book.catchUp();
  }

  async *entries(): AsyncGenerator<AuditEntry> {
    const logs = await this.#database.ask(
      async (db) =>
        await db.selectFrom('guts_log').select('log').where('log', 'like', 'audit%').where('number', '=', 0).execute(),
    );
    // As their files: the newest, then those that came before it, by the number of their last line.
    const older = logs
      .map(({ log }) => log)
      .filter((log) => log !== NEWEST)
      .sort()
      .reverse();
    for (const log of [NEWEST, ...older]) {
      const rows = rowsOf(this.#database, log);
      for (let before = Number.MAX_SAFE_INTEGER; ;) {
        const page = await this.#database.ask(async (db) => await rows.before(db, before, PAGE));
        for (const { number, entry } of page) {
          before = number;
          yield entry;
        }
        if (page.length < PAGE) break;
      }
    }
  }
}

const rowsOf = (database: Database, name: string): LogRows<AuditEntry> =>
  new LogRows(database, { name, schema: AuditEntry, schemaVersion: 1 });

class SqlAuditBook implements AuditBook {
  readonly #database: Database;
  readonly #rows: LogRows<AuditEntry>;
  readonly #hear: (entry: AuditEntry) => void;
  readonly #close: () => void;
  /** The last row that was told. */
  #last = 0;

  constructor(database: Database, hear: (entry: AuditEntry) => void, close: () => void) {
    this.#database = database;
    this.#rows = rowsOf(database, NEWEST);
    this.#hear = hear;
    this.#close = close;
  }

  async append(entry: UnnumberedEntry): Promise<void> {
    await this.#database.write(async (tx, changed) => {
      const [newest] = await this.#rows.before(tx, Number.MAX_SAFE_INTEGER, 1);
      if (newest === undefined && (await this.#rows.head(tx)) === null) await this.#rows.begin(tx, changed);
      const number = (newest?.entry.number ?? (await lastOfOlder(tx))) + 1;
      await this.#rows.add(tx, (newest?.number ?? 0) + 1, [{ number, ...entry }], changed);
    });
    await this.catchUp().catch(() => {}); // it is written; what rules know of it comes with the next look
  }

  async catchUp(): Promise<void> {
    for (;;) {
      const from = this.#last;
      const page = await this.#database.ask(async (db) => await this.#rows.after(db, from, PAGE));
      for (const { number, entry } of page) {
        if (number <= this.#last) continue; // somebody else has looked meanwhile
        this.#last = number;
        this.#hear(entry);
      }
      if (page.length < PAGE) return;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.resolve(this.#close());
  }
}

/** Of logs that were moved here: their names have it. */
async function lastOfOlder(tx: Tx): Promise<number> {
  const logs = await tx
    .selectFrom('guts_log')
    .select('log')
    .where('log', 'like', 'audit-%')
    .where('number', '=', 0)
    .execute();
  return Math.max(0, ...logs.map(({ log }) => Number(log.slice('audit-'.length))));
}
