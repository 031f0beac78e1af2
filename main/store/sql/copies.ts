/** Copies of the journals in the data folder, for engines and for the index: what counts is in the database. */
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import { MigrationId } from '../../shared/migration.ts';
import { lineOfJson } from '../checked-lines.ts';
import { FILE_MODE, makeFolder } from '../durable-file.ts';
import { refused } from '../errors.ts';
import { giveToOwner } from '../owner.ts';
import type { Database } from './database.ts';

/** Journals that are fetched together. */
const AT_ONCE = 200;

export class Copies {
  readonly #database: Database;
  readonly #folder: string;
  /** An engine here writes its own copy. */
  readonly #held = new Map<MigrationId, number>();
  /** They may differ from what counts. */
  readonly #stale = new Set<MigrationId>();
  readonly #there = new Set<string>();
  #seen = 0;
  /** One after the other for each: what is written last is what was read last. */
  readonly #turns = new Map<MigrationId, Promise<unknown>>();

  constructor(database: Database, dataDir: string) {
    this.#database = database;
    this.#folder = path.join(dataDir, 'migrations');
  }

  /** Makes all of them anew where they differ. @param changed the newest change that is known to be there */
  async begin(changed: number): Promise<void> {
    this.#seen = changed;
    const ids = await this.#database.ask(
      async (db) =>
        await db.selectFrom('guts_journal').select('migration').where('number', '=', 0).orderBy('migration').execute(),
    );
    const known = new Set(ids.map(({ migration }) => migration));
    await this.#tended(async () => {
      await makeFolder(this.#folder);
      for (const name of await readdir(this.#folder)) {
        const [, id = ''] = /^(mig_[0-9a-z]+)\./.exec(name) ?? [];
        if (!known.has(id) || !name.endsWith('.jsonl')) await rm(path.join(this.#folder, name), { force: true });
      }
    });
    const all = [...known];
    for (let from = 0; from < all.length; from += AT_ONCE) await this.#fetch(all.slice(from, from + AT_ONCE));
  }

  /** Makes those anew that have changed since the last time. */
  async catchUp(changed: number): Promise<void> {
    const since = this.#seen;
    const [grown, gone] = await this.#database.ask(async (db) => [
      await db.selectFrom('guts_journal').select('migration').distinct().where('changed', '>', since).execute(),
      await db.selectFrom('guts_removed').select('migration').where('changed', '>', since).execute(),
    ]);
    this.#seen = Math.max(this.#seen, changed);
    for (const { migration } of [...grown, ...gone]) this.#stale.add(MigrationId.parse(migration));
    const stale = [...this.#stale]; // one that cannot be made anew stays among them
    for (const id of stale) await this.sync(id);
  }

  /** Whether one is there that was not changed since, as far as is known; not while it is just being made. */
  has(id: MigrationId): boolean {
    return this.#there.has(id) && !this.#stale.has(id) && !this.#turns.has(id);
  }

  /** Makes one anew, unless an engine here writes it. */
  async sync(id: MigrationId): Promise<void> {
    this.#stale.add(id);
    if ((this.#held.get(id) ?? 0) > 0) return;
    await this.#next(id, async () => {
      if ((this.#held.get(id) ?? 0) > 0) return;
      this.#stale.delete(id);
      try {
        await this.#fetch([id]);
      } catch (error) {
        this.#stale.add(id);
        throw error;
      }
    });
  }

  /**
   * From now on an engine here writes it.
   * @returns how many lines there are; undefined where one does already
   */
  async hold(id: MigrationId): Promise<number | undefined> {
    return await this.#next(id, async () => {
      const before = this.#held.get(id) ?? 0;
      const count = before > 0 ? undefined : (await this.#fetch([id])).get(id);
      this.#held.set(id, before + 1);
      return before > 0 ? undefined : (count ?? 0);
    });
  }

  /** It has ended: what counts takes the place of what it has written. */
  async release(id: MigrationId): Promise<void> {
    const left = (this.#held.get(id) ?? 1) - 1;
    if (left > 0) {
      this.#held.set(id, left);
      return;
    }
    this.#held.delete(id);
    await this.sync(id).catch(() => {}); // the database is away: later
  }

  async #next<T>(id: MigrationId, work: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(id) ?? Promise.resolve();
    const turn = before.then(work, work);
    this.#turns.set(id, turn);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(id) === turn) this.#turns.delete(id);
    }
  }

  /** @returns how many lines each has; nothing for one that is gone */
  async #fetch(ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const rows = await this.#database.ask(
      async (db) =>
        await db
          .selectFrom('guts_journal')
          .select(['migration', 'text'])
          .where('migration', 'in', ids)
          .orderBy('migration')
          .orderBy('number')
          .execute(),
    );
    const lines = new Map<string, string[]>();
    for (const { migration, text } of rows) {
      const own = lines.get(migration);
      if (own === undefined) lines.set(migration, [lineOfJson(text)]);
      else own.push(lineOfJson(text));
    }
    for (const id of ids) await this.#tended(async () => await this.#put(id, lines.get(id)?.join('')));
    return new Map([...lines].map(([id, own]) => [id, own.length]));
  }

  async #put(id: string, text: string | undefined): Promise<void> {
    const file = path.join(this.#folder, `${id}.jsonl`);
    if (text === undefined) {
      this.#there.delete(id);
      await rm(file, { force: true });
      return;
    }
    if ((await readFile(file, 'utf8').catch(() => null)) !== text) {
      const fresh = `${file}.${process.pid}.part`;
      await writeFile(fresh, text, { mode: FILE_MODE });
      await giveToOwner(fresh);
      await rename(fresh, file); // not forced to the disk: it is made anew at the next start
    }
    this.#there.add(id);
  }

  async #tended<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw refused('written', this.#folder, error);
    }
  }
}
