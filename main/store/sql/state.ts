/** A state in a database, as a server of it has it: asked and written to there, with copies of the journals in its data folder. */
import { setTimeout as pause } from 'node:timers/promises';
import type { EnginePool } from '../../engine-pool.ts';
import type { OpenQueueLog, QueueLog } from '../../scheduler/queue-log.ts';
import { GroupCommit } from '../../shared/group-commit.ts';
import type { MigrationId } from '../../shared/migration.ts';
import type { NodeId } from '../../shared/schedule.ts';
import type { Leadership, OpenedState } from '../../state.ts';
import { SqlAudit } from './audit.ts';
import type { ConnectOptions } from './connect.ts';
import { Copies } from './copies.ts';
import { Database } from './database.ts';
import { SqlDocuments } from './documents.ts';
import { SqlJournals } from './journals.ts';
import { NotLeaderError } from './errors.ts';
import { Leader } from './leader.ts';
import { markFolder } from './mark.ts';
import { SqlQueueLog, type Meet } from './queue-log.ts';

export interface SqlStateOptions extends ConnectOptions {
  readonly dataDir: string;
  readonly node: NodeId;
  readonly onDetail: (detail: string) => void;
  /** Told when the database goes away, and with undefined when it is there again. */
  readonly onTrouble?: (trouble: unknown) => void;
}

const LOOK_MS = 1_000;

export class SqlState implements OpenedState {
  readonly identity: string;
  readonly documents: SqlDocuments;
  readonly audit: SqlAudit;
  readonly queue: OpenQueueLog;
  readonly leadership: Leadership;
  readonly #options: SqlStateOptions;
  readonly #database: Database;
  readonly #copies: Copies;
  readonly #leader: Leader;
  readonly #ending = new AbortController();
  readonly #queues = new Set<QueueLog>();
  /** Whoever asks while one look is under way shares the next: what that one has not seen may be what is asked for. */
  readonly #looks = new GroupCommit<null>(async () => await this.#lookOnce());
  #changed: number;
  #meet: Meet = async () => {};
  #hearTold: (text: string) => void = () => {};
  #toldAt = 0;
  #looking: Promise<void> | undefined;

  private constructor(
    options: SqlStateOptions,
    database: Database,
    { identity, server, changed }: { identity: string; server: string; changed: number },
  ) {
    this.identity = identity;
    this.#options = options;
    this.#database = database;
    this.#changed = changed;
    this.documents = new SqlDocuments(database);
    this.audit = new SqlAudit(database);
    this.#copies = new Copies(database, options.dataDir);
    this.#leader = new Leader(database, server, options.onDetail);
    const leader = this.#leader;
    this.queue = async (hearer) => {
      const log = await SqlQueueLog.open(database, hearer, {
        fence: () => leader.fence,
        meet: async (ids) => await this.#meetNow(ids),
      });
      this.#queues.add(log);
      return log;
    };
    this.leadership = {
      begin: async (listener) => {
        this.#looking = this.#look();
        await leader.begin({
          lead: async (term) => {
            await this.catchUp(); // what the one before has written
            if (!term.over.aborted) await listener.lead(term);
          },
          rest: async () => await listener.rest(),
        });
        this.#database.goOn();
      },
      hearRefusal: (error) => leader.hearRefusal(error),
      isLeading: () => leader.fence !== null,
      beforeNews: (meet) => void (this.#meet = meet),
      tell: async (text) => await this.#tell(text),
      onTold: (hear) => void (this.#hearTold = hear),
      end: async () => await leader.resign(),
    };
  }

  /** @throws GutsError: why there is no connection, or the data folder cannot be taken for it */
  static async open(options: SqlStateOptions): Promise<SqlState> {
    const database = await Database.open(options);
    try {
      const { identity, changed } = await database.row();
      const server = await markFolder(options.dataDir, identity, database.place);
      const state = new SqlState(options, database, { identity, server, changed });
      if (options.onTrouble !== undefined) database.onTrouble(options.onTrouble);
      await state.#copies.begin(changed);
      return state;
    } catch (error) {
      await database[Symbol.asyncDispose]();
      throw error;
    }
  }

  journals(engines: EnginePool): SqlJournals {
    const { dataDir, node } = this.#options;
    return new SqlJournals(
      {
        database: this.#database,
        copies: this.#copies,
        leader: this.#leader,
        dataDir,
        node,
        ending: this.#ending.signal,
      },
      engines,
    );
  }

  async catchUp(): Promise<void> {
    await this.#looks.add(null);
  }

  /** Why it cannot be asked right now; undefined where it can. */
  trouble(): unknown {
    return this.#database.trouble;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#leader.resign();
    this.#ending.abort(new Error('the state is closed'));
    await this.#looking;
    await this.#database[Symbol.asyncDispose]();
  }

  /** What other servers have written is known here within a second or two. */
  async #look(): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      try {
        await this.catchUp();
      } catch (error) {
        this.#options.onDetail(error instanceof Error ? error.message : String(error)); // looked at again
      }
      await pause(LOOK_MS, undefined, { signal, ref: false }).catch(() => {});
    }
  }

  async #lookOnce(): Promise<void> {
    const { changed } = await this.#database.row();
    if (changed === this.#changed) return;
    const since = this.#changed;
    await this.documents.catchUp(since);
    // What names others comes last: whoever finds a migration in the queue finds its journal.
    await this.#copies.catchUp(changed);
    for (const queue of this.#queues) await queue.catchUp();
    await this.audit.catchUp();
    await this.#hear();
    this.#changed = changed;
  }

  async #meetNow(ids: readonly MigrationId[]): Promise<void> {
    const all = [...new Set(ids)];
    for (const id of all) if (!this.#copies.has(id)) await this.#copies.sync(id);
    await this.#meet(all);
  }

  async #tell(text: string): Promise<void> {
    const { fence } = this.#leader;
    if (fence === null) throw new NotLeaderError();
    await this.#database.write(
      async (tx, changed) => {
        await tx.deleteFrom('guts_told').where('name', '=', 'scheduler').execute();
        await tx.insertInto('guts_told').values({ name: 'scheduler', changed, text }).execute();
      },
      { fence },
    );
  }

  async #hear(): Promise<void> {
    if (this.#leader.fence !== null) return; // it would hear itself
    const told = await this.#database.ask(
      async (db) => await db.selectFrom('guts_told').selectAll().where('changed', '>', this.#toldAt).executeTakeFirst(),
    );
    if (told === undefined) return;
    this.#toldAt = Number(told.changed);
    this.#hearTold(told.text);
  }
}
