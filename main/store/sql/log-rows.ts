/** A log in rows: its head is line 0, and whatever was added since can be asked for. */
import type { z } from 'zod';
import { StoreDamagedError, StoreTooNewError, StoreTooOldError } from '../errors.ts';
import type { Database, Tx } from './database.ts';
import type { Kysely } from 'kysely';
import type { Tables } from './tables.ts';

export interface LogOptions<Entry> {
  readonly name: string;
  readonly schema: z.ZodType<Entry>;
  readonly schemaVersion: number;
}

export interface LogRow<Entry> {
  readonly number: number;
  readonly entry: Entry;
}

/** Rows in one statement: far below what any of the databases takes. */
const AT_ONCE = 500;

export class LogRows<Entry> {
  readonly #options: LogOptions<Entry>;
  readonly #place: string;

  constructor(database: Database, options: LogOptions<Entry>) {
    this.#options = options;
    this.#place = `${options.name} of ${database.place}`;
  }

  /** The change in which it was begun, or written anew; null where it never was. @throws StoreTooNewError */
  async head(db: Kysely<Tables>): Promise<number | null> {
    const { name, schemaVersion } = this.#options;
    const row = await db
      .selectFrom('guts_log')
      .select(['changed', 'text'])
      .where('log', '=', name)
      .where('number', '=', 0)
      .executeTakeFirst();
    if (row === undefined) return null;
    const { schemaVersion: found } = JSON.parse(row.text) as { readonly schemaVersion: number }; // nobody else writes it
    if (found > schemaVersion) throw new StoreTooNewError(this.#place, found);
    if (found < schemaVersion) throw new StoreTooOldError(this.#place, found);
    return Number(row.changed);
  }

  /** Behind a line, in order; at most so many, or all. */
  async after(db: Kysely<Tables>, last: number, most?: number): Promise<LogRow<Entry>[]> {
    let query = db
      .selectFrom('guts_log')
      .select(['number', 'text'])
      .where('log', '=', this.#options.name)
      .where('number', '>', last)
      .orderBy('number');
    if (most !== undefined) query = query.limit(most);
    return (await query.execute()).map((row) => this.#parsed(row));
  }

  /** Before a line, the last one first. */
  async before(db: Kysely<Tables>, number: number, most: number): Promise<LogRow<Entry>[]> {
    const rows = await db
      .selectFrom('guts_log')
      .select(['number', 'text'])
      .where('log', '=', this.#options.name)
      .where('number', '<', number)
      .where('number', '>', 0)
      .orderBy('number', 'desc')
      .limit(most)
      .execute();
    return rows.map((row) => this.#parsed(row));
  }

  /** @param first the number of the first one */
  async add(tx: Tx, first: number, entries: readonly Entry[], changed: number): Promise<void> {
    const { name: log } = this.#options;
    for (let from = 0; from < entries.length; from += AT_ONCE) {
      const rows = entries.slice(from, from + AT_ONCE).map((entry, i) => ({
        log,
        number: first + from + i,
        changed,
        text: JSON.stringify(entry),
      }));
      await tx.insertInto('guts_log').values(rows).execute();
    }
  }

  /** Empties it, and begins it. */
  async begin(tx: Tx, changed: number): Promise<void> {
    const { name: log, schemaVersion } = this.#options;
    await tx.deleteFrom('guts_log').where('log', '=', log).execute();
    const text = JSON.stringify({ log: log.replace(/-\d+$/, ''), schemaVersion });
    await tx.insertInto('guts_log').values({ log, number: 0, changed, text }).execute();
  }

  #parsed({ number, text }: { readonly number: number; readonly text: string }): LogRow<Entry> {
    try {
      return { number: Number(number), entry: this.#options.schema.parse(JSON.parse(text)) };
    } catch (cause) {
      throw new StoreDamagedError(
        this.#place,
        `Line ${number} is not what was written.`,
        'Put a backup of the database back, or mend the row by hand with all servers stopped.',
        { cause },
      );
    }
  }
}
