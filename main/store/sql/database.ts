/**
 * The database that holds a state: asked and written to by this process, connected again by itself. What is written is written
 * once, also where the answer was lost, and never by a server that does not lead any more.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Migrator, sql, type Kysely, type Transaction } from 'kysely';
import { GutsError } from '../../shared/errors.ts';
import { placeOf, type StateAddress } from './address.ts';
import { certificateOf, kindAt } from './certificate.ts';
import { connect, type Connections, type ConnectOptions } from './connect.ts';
import {
  NotLeaderError,
  StateOtherKindError,
  StateTooNewError,
  StateUnreachableError,
  StateUntrustedError,
} from './errors.ts';
import { explained, isAway, isToRepeat } from './explain.ts';
import { LAYOUT, layoutNames, Layouts, type Tables } from './tables.ts';
import { Turns } from './turns.ts';

export type Tx = Transaction<Tables>;

export interface WriteOptions {
  /** Of the server that leads: refused where another one was told to since. */
  readonly fence?: number;
  /** How long to wait for a database that is away. */
  readonly patienceMs?: number;
  /** Ends the waiting. */
  readonly signal?: AbortSignal;
  /** After which a database that does not answer is taken for gone. */
  readonly answerMs?: number;
}

export interface StateRow {
  readonly layout: number;
  readonly identity: string;
  readonly changed: number;
  readonly holder: string;
  readonly fence: number;
  readonly validUntilMs: number;
}

/** Whoever waits at a screen is told that it is away. */
const PATIENCE_MS = 5_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
/** Others write at the moment: that takes them milliseconds each. */
const LOCKED_MS = 15_000;
/** Longer than any question may take; a driver that never answers is let go of. */
const ANSWER_MS = 30_000;

class SilentError extends Error {
  readonly code = 'STATE_TIMEOUT';
}

export class Database implements AsyncDisposable {
  readonly place: string;
  readonly address: StateAddress;
  readonly #options: ConnectOptions;
  /** Of this process: its writes are known by it and their number. */
  readonly #writer = randomUUID();
  readonly #turns = new Turns();
  readonly #pending = new Set<number>();
  readonly #closed = new AbortController();
  #lastNumber = 0;
  #connections: Promise<Connections> | undefined;
  #trouble: unknown;
  #goesOn = false;
  #listener: (trouble: unknown) => void = () => {};

  private constructor(options: ConnectOptions) {
    this.#options = options;
    this.address = options.address;
    this.place = placeOf(options.address);
  }

  /** Connects, and brings the tables to this layout. @throws GutsError, also where it is only away */
  static async open(options: ConnectOptions): Promise<Database> {
    const database = new Database(options);
    try {
      await database.#demandKind();
      await database.#using(async (db) => await database.#layOut(db));
      return database;
    } catch (error) {
      await database[Symbol.asyncDispose]();
      throw await database.#toldAtFirst(error);
    }
  }

  /** Connects to tables of whatever layout this Guts knows. */
  static async openAsItIs(options: ConnectOptions): Promise<Database> {
    const database = new Database(options);
    try {
      await database.#demandKind();
      await database.#using(async (db) => void (await database.#known(db)));
      return database;
    } catch (error) {
      await database[Symbol.asyncDispose]();
      throw await database.#toldAtFirst(error);
    }
  }

  /** Why it cannot be asked right now; undefined where it can. */
  get trouble(): unknown {
    return this.#trouble;
  }

  /** Whoever uses it asks again and again from now on, which errors may say. */
  goOn(): void {
    this.#goesOn = true;
  }

  /** Calls with why it is away, and with undefined when it is there again. */
  onTrouble(hear: (trouble: unknown) => void): void {
    this.#listener = hear;
  }

  /** @throws StateUnreachableError after a while, and what the database refuses */
  async ask<T>(
    work: (db: Kysely<Tables>) => Promise<T>,
    { patienceMs = PATIENCE_MS, signal }: WriteOptions = {},
  ): Promise<T> {
    return await this.#again(patienceMs, signal, async () => await this.#using(work));
  }

  /**
   * Runs `work` in a transaction while nobody else writes into this state, and returns when it is there for good.
   * @param work gets the number of this change; it may be called again, and what it throws undoes it
   * @throws NotLeaderError, StateTooNewError; StateUnreachableError after a while: then it is not known whether it was done
   */
  async write<T>(
    work: (tx: Tx, changed: number, row: StateRow) => Promise<T>,
    { fence, patienceMs = PATIENCE_MS, signal, answerMs }: WriteOptions = {},
  ): Promise<T> {
    const number = ++this.#lastNumber;
    const attempt: { result?: { readonly value: T } } = {};
    this.#pending.add(number);
    try {
      let tries = 0;
      await this.#again(patienceMs, signal, async () => {
        await using _turn = await this.#turns.next();
        tries += 1;
        await this.#using(
          async (db) =>
            await db.transaction().execute(async (tx) => {
              const row = await lockedRow(tx); // whatever is written is written behind this
              if (tries > 1 && (await this.#wasDone(tx, number)) && attempt.result !== undefined) return;
              if (row.layout > LAYOUT) throw new StateTooNewError(this.place, row.layout, LAYOUT);
              if (fence !== undefined && row.fence !== fence) throw new NotLeaderError();
              attempt.result = { value: await work(tx, row.changed, row) };
              await this.#note(tx, number);
            }),
          answerMs,
        );
      });
    } finally {
      this.#pending.delete(number);
    }
    if (attempt.result === undefined) throw new Error('nothing was written');
    return attempt.result.value;
  }

  /** The one row that everything hangs on, and the database’s own time. */
  async row(options: WriteOptions = {}): Promise<StateRow> {
    return await this.ask(async (db) => await rowOf(db), options);
  }

  /** Brings the tables to a layout, up or down. @returns the one before */
  async setLayout(layout: number): Promise<number> {
    return await this.#using(async (db) => {
      const before = await this.#known(db);
      const { error } = await this.#migrator(db).migrateTo(layoutNames[layout - 1] ?? layoutNames[0]);
      if (error !== undefined) throw error;
      return before;
    });
  }

  async layout(): Promise<number> {
    return await this.#using(async (db) => await this.#known(db));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed.abort(new StateUnreachableError(this.place, 'Guts ends here'));
    const connections = await this.#connections?.catch(() => undefined);
    this.#connections = undefined;
    connections?.close();
  }

  /** As often as it takes, where the database is away or two have got into each other’s way. */
  async #again<T>(patienceMs: number, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    const deadline = performance.now() + patienceMs;
    let isLocked = false;
    for (let tries = 0; ; tries++) {
      signal?.throwIfAborted();
      this.#closed.signal.throwIfAborted();
      try {
        const value = await work();
        this.#hear(undefined);
        return value;
      } catch (error) {
        const known = explained(this.address, error, this.#goesOn);
        isLocked = isToRepeat(error);
        if (isAway(known)) this.#hear(known);
        else if (!isLocked) throw await this.#told(known);
        if (performance.now() >= deadline + (isLocked ? LOCKED_MS : 0)) throw known;
      }
      const pauseMs = isLocked
        ? 50 * Math.random()
        : Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(tries, 6));
      const leftMs = isLocked ? LOCKED_MS : Math.max(0, deadline - performance.now());
      const signals = signal === undefined ? this.#closed.signal : AbortSignal.any([this.#closed.signal, signal]);
      await pause(Math.min(pauseMs, leftMs), undefined, { signal: signals }).catch(() => {});
    }
  }

  async #using<T>(work: (db: Kysely<Tables>) => Promise<T>, answerMs = ANSWER_MS): Promise<T> {
    this.#closed.signal.throwIfAborted();
    const opening = (this.#connections ??= connect(this.#options));
    let connections: Connections | undefined;
    let timer: NodeJS.Timeout | undefined;
    try {
      connections = await opening;
      const silent = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new SilentError('no answer')), answerMs);
      });
      return await Promise.race([work(connections.db), silent]);
    } catch (error) {
      const isLost = connections === undefined || isAway(error);
      if (isLost && this.#connections === opening) {
        this.#connections = undefined;
        connections?.close();
      }
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  #hear(trouble: unknown): void {
    const before = this.#trouble;
    this.#trouble = trouble;
    if ((before === undefined) !== (trouble === undefined)) this.#listener(trouble);
  }

  /** With what the server shows, where that is what has to be compared. */
  async #told(error: unknown): Promise<unknown> {
    const known = explained(this.address, error);
    if (!(known instanceof StateUntrustedError) || this.address.kind === 'sqlite') return known;
    const { problem, shown, cause } = known;
    if (shown !== null) return known;
    return new StateUntrustedError(this.place, problem, await certificateOf(this.address), { cause });
  }

  /** The driver for PostgreSQL does not survive what MySQL says. @throws StateOtherKindError */
  async #demandKind(): Promise<void> {
    if (this.address.kind === 'postgresql' && (await kindAt(this.address)) === 'mysql')
      throw new StateOtherKindError(this.place, 'mysql');
  }

  /** Of the first connection: another kind of database may answer there. */
  async #toldAtFirst(error: unknown): Promise<unknown> {
    const known = await this.#told(error);
    const isExplained = known instanceof GutsError && !isAway(known);
    if (isExplained || this.address.kind === 'sqlite') return known;
    const kind = await kindAt(this.address);
    if (kind === null || kind === this.address.kind) return known;
    return new StateOtherKindError(this.place, kind, { cause: error });
  }

  async #wasDone(tx: Tx, number: number): Promise<boolean> {
    const found = await tx
      .selectFrom('guts_writes')
      .select('number')
      .where('writer', '=', this.#writer)
      .where('number', '=', number)
      .executeTakeFirst();
    return found !== undefined;
  }

  /** Those before are answered. */
  async #note(tx: Tx, number: number): Promise<void> {
    const oldest = Math.min(...this.#pending);
    await tx.deleteFrom('guts_writes').where('writer', '=', this.#writer).where('number', '<', oldest).execute();
    await tx.insertInto('guts_writes').values({ writer: this.#writer, number }).execute();
  }

  async #layOut(db: Kysely<Tables>): Promise<void> {
    if ((await this.#known(db)) === LAYOUT) return;
    const { error } = await this.#migrator(db).migrateToLatest();
    if (error !== undefined) throw error;
  }

  /** Which layout the tables have; 0 where there are none. @throws StateTooNewError */
  async #known(db: Kysely<Tables>): Promise<number> {
    const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
    if (!tables.some(({ name }) => name === LAYOUTS_TABLE)) return 0;
    const { rows } = await sql<{ name: string }>`select name from ${sql.table(LAYOUTS_TABLE)}`.execute(db);
    const strange = rows.filter(({ name }) => !layoutNames.some((one) => one === name));
    if (strange.length > 0)
      throw new StateTooNewError(this.place, Math.max(...strange.map(({ name }) => Number.parseInt(name, 10))), LAYOUT);
    return rows.length;
  }

  #migrator(db: Kysely<Tables>): Migrator {
    return new Migrator({
      db,
      provider: new Layouts(this.address.kind),
      migrationTableName: LAYOUTS_TABLE,
      migrationLockTableName: 'guts_layouts_lock',
    });
  }
}

const LAYOUTS_TABLE = 'guts_layouts';

/** The change’s own number is in it. */
async function lockedRow(tx: Tx): Promise<StateRow> {
  await tx
    .updateTable('guts_state')
    .set(({ eb }) => ({ changed: eb('changed', '+', 1) }))
    .where('id', '=', 1)
    .execute();
  return await rowOf(tx);
}

async function rowOf(db: Kysely<Tables>): Promise<StateRow> {
  const row = await db.selectFrom('guts_state').selectAll().where('id', '=', 1).executeTakeFirstOrThrow();
  return {
    layout: row.layout,
    identity: row.identity,
    changed: Number(row.changed), // the drivers give large numbers as texts
    holder: row.holder,
    fence: Number(row.fence),
    validUntilMs: Number(row.valid_until),
  };
}
