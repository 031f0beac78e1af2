/** The journals of migrations in a database: a line counts once it is there, under the number of the server that leads. */
import type { EnginePool } from '../../engine-pool.ts';
import type { Truth } from '../../engine-client.ts';
import type { Given } from '../../shared/given.ts';
import { isLineOf, type GiveJob, type ReceiveJob, type SentBy } from '../../shared/journal-jobs.ts';
import { MigrationRequest, type MigrationId, type MigrationRecord } from '../../shared/migration.ts';
import type { NodeId } from '../../shared/schedule.ts';
import { UnknownMigrationError } from '../../shared/unknown-migration.ts';
import type { Journals, Received, TakenJournal } from '../journals.ts';
import type { Copies } from './copies.ts';
import type { Database, Tx } from './database.ts';
import { AtWorkError, NotLeaderError, StateGapError } from './errors.ts';
import type { Leader } from './leader.ts';

export interface SqlJournalParts {
  readonly database: Database;
  readonly copies: Copies;
  readonly leader: Leader;
  readonly dataDir: string;
  /** What this machine is called among nodes. */
  readonly node: NodeId;
  /** Aborts when this process lets go of everything. */
  readonly ending: AbortSignal;
}

/** An engine here works on it. */
interface Held {
  count: number;
  refs: number;
  /** What was written before is answered. */
  last: Promise<unknown>;
}

export class SqlJournals implements Journals {
  readonly #parts: SqlJournalParts;
  readonly #engines: EnginePool;
  readonly #held = new Map<MigrationId, Held>();

  constructor(parts: SqlJournalParts, engines: EnginePool) {
    this.#parts = parts;
    this.#engines = engines;
  }

  async begin(request: MigrationRequest, signal: AbortSignal): Promise<MigrationRecord> {
    const { database, copies, dataDir } = this.#parts;
    const text = JSON.stringify({ what: 'begun', request: MigrationRequest.parse(request) });
    await database.write(async (tx, changed) => {
      if ((await countOf(tx, request.id)) > 0) return;
      await tx.insertInto('guts_journal').values({ migration: request.id, number: 0, changed, text }).execute();
    });
    await copies.sync(request.id);
    const [record] = await this.#engines.run({ kind: 'migrations', dataDir, id: request.id }, signal);
    if (record === undefined) throw new UnknownMigrationError(request.id);
    return record;
  }

  /** @throws AtWorkError, too, where another server has taken it up since it was looked at */
  async remove(id: MigrationId, signal: AbortSignal): Promise<void> {
    const { database, copies, dataDir } = this.#parts;
    const count = await copies.hold(id);
    try {
      if (count === undefined) throw new AtWorkError(id);
      await this.#engines.run({ kind: 'deleteMigration', id, dataDir }, signal); // looks whether it may be
      await database.write(async (tx, changed) => {
        if ((await countOf(tx, id)) !== count) throw new AtWorkError(id);
        await tx.deleteFrom('guts_journal').where('migration', '=', id).execute();
        await tx.deleteFrom('guts_removed').where('migration', '=', id).execute();
        await tx.insertInto('guts_removed').values({ migration: id, changed }).execute();
      });
    } finally {
      await copies.release(id);
    }
  }

  async keep(id: MigrationId, entry: Readonly<Record<string, unknown>>, by: SentBy): Promise<number | null> {
    const { copies } = this.#parts;
    const count = await this.#write(async (tx, changed) => {
      const length = await countOf(tx, id);
      if (length === 0) throw new UnknownMigrationError(id);
      if (by.number > length) return length;
      if (by.number < length) return (await isOfNode(tx, id, by)) ? length : null;
      const text = JSON.stringify({ what: '', ...entry, by });
      await tx.insertInto('guts_journal').values({ migration: id, number: length, changed, text }).execute();
      return length + 1;
    });
    await copies.sync(id);
    return count;
  }

  async give(id: MigrationId, given: Given): Promise<readonly unknown[]> {
    return await this.#rewrite({ kind: 'give', id, dataDir: this.#parts.dataDir, given });
  }

  async receive(id: MigrationId, carried: Received): Promise<void> {
    await this.#rewrite({ kind: 'receive', id, dataDir: this.#parts.dataDir, ...carried });
  }

  async take(id: MigrationId): Promise<TakenJournal> {
    const { copies, leader } = this.#parts;
    const count = await copies.hold(id);
    const before = this.#held.get(id);
    if (count === undefined && before === undefined) {
      await copies.release(id);
      throw new AtWorkError(id); // it changes hands
    }
    const held = before ?? { count: count ?? 0, refs: 0, last: Promise.resolve() };
    held.refs += 1;
    this.#held.set(id, held);
    return {
      job: { isKeptElsewhere: true },
      listener: { truth: this.#truthOf(id, held, leader.over) },
      [Symbol.asyncDispose]: async () => {
        held.refs -= 1;
        if (held.refs === 0) this.#held.delete(id);
        await copies.release(id);
      },
    };
  }

  /**
   * An engine makes of the copy what is to be; that takes the place of what counts, unless something was added there meanwhile.
   * @returns its lines then. @throws AtWorkError where an engine here works on it
   */
  async #rewrite(job: GiveJob | ReceiveJob): Promise<readonly unknown[]> {
    const { copies, ending } = this.#parts;
    const { id, dataDir } = job;
    const count = await copies.hold(id);
    try {
      if (count === undefined) throw new AtWorkError(id);
      await this.#engines.run(job, ending);
      const lines = await this.#engines.run({ kind: 'journal', id, dataDir }, ending);
      if (lines.length < count) throw new StateGapError(id); // nothing that counts is ever taken away
      const texts = lines.map((line) => JSON.stringify(line));
      await this.#write(async (tx, changed) => {
        if ((await countOf(tx, id)) !== count) throw new AtWorkError(id);
        await putLines(tx, id, texts, changed);
      });
      return lines;
    } finally {
      await copies.release(id);
    }
  }

  #truthOf(id: MigrationId, held: Held, over: AbortSignal): Truth {
    return {
      lost: over,
      take: async (entry) => {
        try {
          if (entry !== null) await this.#append(id, held, entry);
          return over.aborted ? null : await this.#leaseMs(over);
        } catch (error) {
          if (over.aborted || error instanceof NotLeaderError) return null;
          throw error;
        }
      },
    };
  }

  /** In the order of the calls; waits for as long as the database is away. */
  async #append(id: MigrationId, held: Held, entry: unknown): Promise<void> {
    const { node, leader } = this.#parts;
    const number = held.count++;
    const before = held.last;
    const written = (async () => {
      await before;
      await this.#write(async (tx, changed) => {
        if ((await countOf(tx, id)) !== number) throw new StateGapError(id);
        const by: SentBy = { node, token: leader.fence ?? 1, number };
        const text = JSON.stringify({ ...(entry as object), by }); // engines write objects alone
        await tx.insertInto('guts_journal').values({ migration: id, number, changed, text }).execute();
      }, Infinity);
    })();
    held.last = written;
    written.catch(() => {}); // whoever wrote it, and who writes next, is told
    await written;
  }

  /** How long nobody else can lead; waits where that is not known. */
  async #leaseMs(over: AbortSignal): Promise<number | null> {
    const { leader, ending } = this.#parts;
    for (;;) {
      const goodForMs = leader.goodForMs();
      if (goodForMs > 0) return Math.floor(goodForMs);
      if (over.aborted) return null;
      ending.throwIfAborted();
      await new Promise<void>((resolve) => setTimeout(resolve, 200).unref());
    }
  }

  async #write<T>(work: (tx: Tx, changed: number) => Promise<T>, patienceMs?: number): Promise<T> {
    const { database, leader, ending } = this.#parts;
    const { fence } = leader;
    if (fence === null) throw new NotLeaderError();
    const signal = AbortSignal.any([ending, leader.over]);
    try {
      return await database.write(work, { fence, signal, ...(patienceMs === undefined ? {} : { patienceMs }) });
    } catch (error) {
      leader.hearRefusal(error);
      throw error;
    }
  }
}

async function isOfNode(tx: Tx, id: MigrationId, { node, number }: SentBy): Promise<boolean> {
  const { text } = await tx
    .selectFrom('guts_journal')
    .select('text')
    .where('migration', '=', id)
    .where('number', '=', number)
    .executeTakeFirstOrThrow();
  return isLineOf(JSON.parse(text), node);
}

const AT_ONCE = 200;

/** Those that are there already stay as they are, up to the first that differs. */
async function putLines(tx: Tx, id: MigrationId, texts: readonly string[], changed: number): Promise<void> {
  const before = await tx
    .selectFrom('guts_journal')
    .select('text')
    .where('migration', '=', id)
    .orderBy('number')
    .execute();
  const differs = texts.findIndex((text, at) => before[at]?.text !== text);
  const from = differs === -1 ? texts.length : differs;
  await tx.deleteFrom('guts_journal').where('migration', '=', id).where('number', '>=', from).execute();
  await tx.deleteFrom('guts_removed').where('migration', '=', id).execute();
  for (let at = from; at < texts.length; at += AT_ONCE) {
    const rows = texts.slice(at, at + AT_ONCE).map((text, i) => ({ migration: id, number: at + i, changed, text }));
    await tx.insertInto('guts_journal').values(rows).execute();
  }
}

async function countOf(tx: Tx, id: MigrationId): Promise<number> {
  const { last } = await tx
    .selectFrom('guts_journal')
    .select(({ fn }) => fn.max('number').as('last'))
    .where('migration', '=', id)
    .executeTakeFirstOrThrow();
  return last === null ? 0 : Number(last) + 1; // null where there is no row, whatever its type says
}
