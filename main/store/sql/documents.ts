/** The documents of a shared state: a row for each, with the text that its file would have. */
import type { DocumentOptions, Documents, StateDocument, StateText } from '../documents.ts';
import { documentIn, textOfDocument } from '../durable-file.ts';
import { StoreDamagedError, StoreVersionError } from '../errors.ts';
import type { Database, Tx } from './database.ts';

interface Row {
  readonly changed: number;
  readonly text: string;
}

interface Follower {
  readonly name: string;
  hear(row: Row): void;
}

export class SqlDocuments implements Documents {
  readonly #database: Database;
  readonly #followers = new Set<Follower>();

  constructor(database: Database) {
    this.#database = database;
  }

  document<T extends object>(options: DocumentOptions<T>): StateDocument<T> {
    return new SqlDocument(this.#database, options, (follower) => {
      this.#followers.add(follower);
      return { [Symbol.dispose]: () => void this.#followers.delete(follower) };
    });
  }

  text(name: string): StateText {
    const database = this.#database;
    return {
      place: `${name} of ${database.place}`,
      read: async () => (await rowOf(database, name))?.text ?? null,
      mark: async () => await markOf(database, name),
    };
  }

  /** Tells whoever follows one that has changed since. */
  async catchUp(since: number): Promise<void> {
    const rows = await this.#database.ask(
      async (db) => await db.selectFrom('guts_documents').selectAll().where('changed', '>', since).execute(),
    );
    for (const { name, changed, text } of rows)
      for (const follower of this.#followers)
        if (follower.name === name) follower.hear({ changed: Number(changed), text });
  }
}

class SqlDocument<T extends object> implements StateDocument<T> {
  readonly #database: Database;
  readonly #options: DocumentOptions<T>;
  readonly #join: (follower: Follower) => Disposable;
  readonly #hearers = new Set<(now: T) => void>();
  /** The newest change that this process knows of, and that whoever follows it was told. */
  #known = 0;

  constructor(database: Database, options: DocumentOptions<T>, join: (follower: Follower) => Disposable) {
    this.#database = database;
    this.#options = options;
    this.#join = join;
  }

  async read(): Promise<T> {
    const row = await rowOf(this.#database, this.#options.name);
    if (row === undefined) return this.#options.empty();
    const now = this.#parse(row.text);
    this.#tell(row.changed, () => now); // whoever looks first, those who follow it hear of it
    return now;
  }

  async change(change: (now: T) => T): Promise<T> {
    const { name, empty } = this.#options;
    const { value, before, changed } = await this.#database.write(async (tx, number) => {
      const row = await tx
        .selectFrom('guts_documents')
        .select(['changed', 'text'])
        .where('name', '=', name)
        .executeTakeFirst();
      const after = change(row === undefined ? empty() : this.#parse(row.text));
      await putDocument(tx, name, textOfDocument(after), number);
      return { value: after, before: Number(row?.changed ?? 0), changed: number };
    });
    if (changed < this.#known) return await this.read(); // the answer came late: others have changed it since, as is known
    if (before > this.#known) this.#tell(changed, () => value); // what another server has changed before is in it
    this.#known = changed;
    return value;
  }

  async mark(): Promise<string> {
    return await markOf(this.#database, this.#options.name);
  }

  follow(hear: (now: T) => void): Disposable {
    this.#hearers.add(hear);
    const joined = this.#join({
      name: this.#options.name,
      hear: ({ changed, text }) => this.#tell(changed, () => this.#parse(text)),
    });
    return {
      [Symbol.dispose]: () => {
        this.#hearers.delete(hear);
        joined[Symbol.dispose]();
      },
    };
  }

  #tell(changed: number, read: () => T): void {
    if (changed <= this.#known) return;
    this.#known = changed; // also of one that cannot be read: the next look goes past it
    const now = read();
    for (const hear of this.#hearers) hear(now);
  }

  #parse(text: string): T {
    const { name } = this.#options;
    const place = `${name} of ${this.#database.place}`;
    try {
      return documentIn(text, { ...this.#options, file: place });
    } catch (cause) {
      if (cause instanceof StoreVersionError) throw cause;
      throw new StoreDamagedError(
        place,
        'It is not what was written.',
        'Put a backup of the database back, or mend the row by hand with all servers stopped.',
        { cause },
      );
    }
  }
}

export async function putDocument(tx: Tx, name: string, text: string, changed: number): Promise<void> {
  const { numDeletedRows: _ } = await tx.deleteFrom('guts_documents').where('name', '=', name).executeTakeFirst();
  await tx.insertInto('guts_documents').values({ name, text, changed }).execute();
}

async function rowOf(database: Database, name: string): Promise<Row | undefined> {
  const row = await database.ask(
    async (db) =>
      await db.selectFrom('guts_documents').select(['changed', 'text']).where('name', '=', name).executeTakeFirst(),
  );
  return row === undefined ? undefined : { changed: Number(row.changed), text: row.text };
}

async function markOf(database: Database, name: string): Promise<string> {
  const row = await database.ask(
    async (db) => await db.selectFrom('guts_documents').select('changed').where('name', '=', name).executeTakeFirst(),
  );
  return row === undefined ? 'none' : String(row.changed);
}
