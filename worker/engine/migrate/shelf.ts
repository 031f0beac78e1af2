/** The journals of all migrations of a data folder, and who works on which: one process at a time. */
import { link, readdir, readFile, rename, rm, unlink, writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import { threadId } from 'node:worker_threads';
import { z } from 'zod';
import { GutsError } from '../../../main/shared/errors.ts';
import { isLineOf, type SentBy } from '../../../main/shared/journal-jobs.ts';
import { MigrationId, type MigrationRecord, type MigrationRequest } from '../../../main/shared/migration.ts';
import type { MigrationPage } from '../../../main/shared/move-jobs.ts';
import { isOver } from '../../../main/shared/stages.ts';
import { UnknownMigrationError } from '../../../main/shared/unknown-migration.ts';
import { JournalTooNewError, journalRefused } from '../journal-errors.ts';
import { JournalFile, journalNames, journalPath, makeFolder, readJournal, readJournals } from '../journal-file.ts';
import { isAlive, thisProcess } from '../process-mark.ts';
import type { Truth } from '../truth.ts';
import { MoveEntry, stateOf, type MoveState } from './journal.ts';
import { CopiedJournal, type Journal } from './copied-journal.ts';
import { Wishes, type Answer, type Wish } from './wishes.ts';

export class MigrationBusyError extends GutsError {
  readonly code = 'migration.busy';
  readonly remedy = 'Let it go on (“guts watch” follows it), or cancel it (“guts cancel”).';

  constructor(id: string, pid: number) {
    super(`Process ${pid} works on migration ${id}.`);
  }
}

export class MigrationUnfinishedError extends GutsError {
  readonly code = 'migration.unfinished';
  readonly remedy = 'Cancel it first (“guts cancel”): that undoes what was made.';
}

const LOCK = '.lock';

/** Whoever gets a page takes it over and checks it in about a millisecond. */
const PAGE_BYTES = 32 * 1024;

/** Engines are threads, and one may die while its process goes on. */
const Mark = z.object({ pid: z.number(), processStart: z.string(), thread: z.number().optional() });

/** Several of one process may be about to take the same. */
let locks = 0;

export class Shelf {
  readonly #folder: string;
  readonly #truth: Truth | null;

  /** @param truth where these are copies of journals that are kept elsewhere */
  constructor(dataDir: string, truth: Truth | null = null) {
    this.#folder = path.join(dataDir, 'migrations');
    this.#truth = truth;
  }

  /** Null where the journals here are the ones that count. */
  get truth(): Truth | null {
    return this.#truth;
  }

  /** Newest first. */
  async all(): Promise<MoveState[]> {
    const journals = await readJournals(this.#folder, MoveEntry);
    const states: MoveState[] = [];
    for (const { entries } of journals) {
      const state = await this.#asHeld(stateOf(entries));
      if (state !== null) states.push(state);
    }
    return states.sort((a, b) => (a.record.request.createdAt < b.record.request.createdAt ? 1 : -1));
  }

  /** Some of them in the order of their ids, those behind `after`. */
  async page(after: MigrationId | null): Promise<MigrationPage> {
    const ids = (await journalNames(this.#folder)).flatMap((name) => MigrationId.safeParse(name).data ?? []);
    const records: MigrationRecord[] = [];
    let bytes = 0;
    for (const id of ids.slice(ids.findLastIndex((id) => after !== null && id <= after) + 1)) {
      if (bytes >= PAGE_BYTES) return { records, next: records.at(-1)?.request.id ?? null };
      const record = (await this.find(id))?.record;
      if (record === undefined) continue;
      records.push(record);
      bytes += JSON.stringify(record).length;
    }
    return { records, next: null };
  }

  /** @throws UnknownMigrationError */
  async one(id: MigrationId): Promise<MoveState> {
    const state = await this.find(id);
    if (state === null) throw new UnknownMigrationError(id);
    return state;
  }

  async find(id: MigrationId): Promise<MoveState | null> {
    return await this.#asHeld(stateOf((await readJournal(this.#journal(id), MoveEntry)).entries));
  }

  /** Writes a request down; one that is there already stays as it is. */
  async put(request: MigrationRequest): Promise<void> {
    if ((await this.find(request.id)) !== null) return;
    await using _journal = await JournalFile.create<MoveEntry>(this.#folder, request.id, { what: 'begun', request });
  }

  /**
   * Takes a migration on: no other process can until it is disposed.
   * @throws UnknownMigrationError, MigrationBusyError
   */
  async take(id: MigrationId): Promise<TakenMigration> {
    await this.one(id);
    await this.#lock(id);
    try {
      await this.#wishes(id).drop();
      const file = await JournalFile.reopen(this.#journal(id), MoveEntry);
      const journal = this.#truth === null ? file : new CopiedJournal(file, this.#truth);
      await journal.write({ what: 'taken', ...thisProcess(), at: now() });
      const state = await this.one(id);
      return {
        journal,
        state,
        [Symbol.asyncDispose]: async () => {
          try {
            await journal.write({ what: 'left', at: now() });
          } finally {
            await journal[Symbol.asyncDispose](); // also where the disk is full: it can be taken again when it is not
            await rm(this.#lockFile(id), { force: true });
            await this.#wishes(id).drop();
          }
        },
      };
    } catch (error) {
      await rm(this.#lockFile(id), { force: true });
      throw error;
    }
  }

  /** The lines as they were written. @throws UnknownMigrationError */
  async lines(id: MigrationId): Promise<unknown[]> {
    const { entries } = await readJournal(this.#journal(id), z.looseObject({ what: z.string() }));
    if (entries.length === 0) throw new UnknownMigrationError(id);
    return [...entries];
  }

  /** Puts these lines in the place of the journal. @throws MigrationBusyError, JournalTooNewError */
  async replace(id: MigrationId, lines: readonly unknown[]): Promise<void> {
    if (lines.some((line) => !MoveEntry.safeParse(line).success)) throw new JournalTooNewError(this.#journal(id));
    await makeFolder(this.#folder);
    await this.#lock(id);
    try {
      await this.#wishes(id).drop();
      await JournalFile.replace(this.#journal(id), lines);
    } finally {
      await rm(this.#lockFile(id), { force: true });
    }
  }

  /**
   * Adds a line of a node that works on a copy, unless it is there or one before it is missing.
   * @returns how many lines there are then; null where another one's line has that number
   * @throws UnknownMigrationError, MigrationBusyError
   */
  async keep(id: MigrationId, entry: Readonly<Record<string, unknown>>, by: SentBy): Promise<number | null> {
    await this.#lock(id);
    try {
      const lines = await this.lines(id);
      const { length } = lines;
      if (by.number > length) return length;
      if (by.number < length) return isLineOf(lines[by.number], by.node) ? length : null;
      await using journal = await JournalFile.reopen(this.#journal(id), z.looseObject({ what: z.string() }));
      await journal.write({ what: '', ...entry, by });
      return length + 1;
    } finally {
      await rm(this.#lockFile(id), { force: true });
    }
  }

  /**
   * Lets nobody else work on it while its lines are looked at and, where `work` says so, others come in their place, at once.
   * @returns the lines as they are then. @throws MigrationBusyError, JournalTooNewError
   */
  async rewrite(id: MigrationId, work: (lines: readonly unknown[]) => readonly unknown[] | null): Promise<unknown[]> {
    await makeFolder(this.#folder);
    await this.#lock(id);
    try {
      const { entries } = await readJournal(this.#journal(id), z.looseObject({ what: z.string() }));
      const after = work(entries);
      if (after === null) return [...entries];
      if (after.some((line) => !MoveEntry.safeParse(line).success)) throw new JournalTooNewError(this.#journal(id));
      await JournalFile.replace(this.#journal(id), after);
      return [...after];
    } finally {
      await rm(this.#lockFile(id), { force: true });
    }
  }

  /**
   * Asks the process that works on it to do something; returns once it has let go, or has refused: then it still runs.
   */
  async askElsewhere(id: MigrationId, wish: Wish, signal: AbortSignal): Promise<MoveState> {
    const isOver = async (isHeld: boolean): Promise<boolean> => !isHeld || !(await this.one(id)).record.isRunning;
    await this.#wishes(id).ask(wish, isOver, signal);
    return await this.one(id);
  }

  /** Lets go of all that a thread of this process had, which has died. */
  async letGo(thread: number): Promise<void> {
    const { pid, processStart } = thisProcess();
    const names = await readdir(this.#folder).catch(() => []);
    for (const name of names.filter((one) => one.endsWith(LOCK))) {
      const file = path.join(this.#folder, name);
      const holder = await holderOf(file);
      const isIts = holder?.pid === pid && holder.processStart === processStart && holder.thread === thread;
      if (isIts) await rm(file, { force: true });
    }
  }

  /** Tells what others ask of the one who works on this migration; until it is disposed. */
  onWish(id: MigrationId, answer: Answer): Disposable {
    return this.#wishes(id).listen(answer);
  }

  /** @throws MigrationUnfinishedError where something is left to undo or to do */
  async forget(id: MigrationId): Promise<void> {
    const { record } = await this.one(id);
    const isIdle = record.stage === 'planned' || isOver(record.stage);
    const isLeft = record.ledger.length > 0 && record.stage !== 'given'; // else the other Guts undoes it
    if (record.isRunning || !isIdle || isLeft) {
      throw new MigrationUnfinishedError(
        record.ledger.length > 0
          ? `Migration ${id} still has to undo ${record.ledger.map(({ name }) => name).join(', ')}.`
          : `Migration ${id} is at “${record.stage}”.`,
      );
    }
    await this.discard(id);
  }

  /** Removes everything that stands here of a migration, however it ended: both its sides are gone. */
  async discard(id: MigrationId): Promise<void> {
    const names = await readdir(this.#folder).catch(() => []);
    for (const name of names) if (name.startsWith(`${id}.`)) await rm(path.join(this.#folder, name), { force: true });
  }

  /** By its journal alone, one whose thread has died would run as long as the process does. */
  async #asHeld(state: MoveState | null): Promise<MoveState | null> {
    if (state?.record.isRunning !== true) return state;
    const isHeld = (await holderOf(this.#lockFile(state.record.request.id))) !== null;
    return { ...state, record: { ...state.record, isRunning: isHeld } };
  }

  #journal(id: MigrationId): string {
    return journalPath(this.#folder, id);
  }

  #lockFile(id: MigrationId): string {
    return path.join(this.#folder, `${id}${LOCK}`);
  }

  #wishes(id: MigrationId): Wishes {
    return new Wishes(this.#folder, id);
  }

  /** The lock appears whole, by a link, so that nobody reads half of it. */
  async #lock(id: MigrationId): Promise<void> {
    const file = this.#lockFile(id);
    const own = `${file}.${threadId}-${++locks}.${process.pid}.part`;
    try {
      await writeFile(own, JSON.stringify({ ...thisProcess(), thread: threadId }));
      for (;;) {
        const isTaken = await link(own, file).then(
          () => true,
          (error: NodeJS.ErrnoException) => {
            if (error.code === 'EEXIST') return false;
            throw error;
          },
        );
        if (isTaken) return;
        const holder = await holderOf(file);
        if (holder !== null && isAlive(holder)) throw new MigrationBusyError(id, holder.pid);
        await breakLock(file, holder);
      }
    } catch (error) {
      throw journalRefused(file, error);
    } finally {
      await rm(own, { force: true });
    }
  }
}

export interface TakenMigration extends AsyncDisposable {
  readonly journal: Journal;
  readonly state: MoveState;
}

export const now = (): string => new Date().toISOString();

/** Null also where a lock is empty or torn, as after a power cut: nobody who runs wrote it. */
async function holderOf(file: string): Promise<z.infer<typeof Mark> | null> {
  try {
    return Mark.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return null;
  }
}

/** Moves a dead process's lock away; should it be another's by then, that one is put back. */
async function breakLock(file: string, dead: z.infer<typeof Mark> | null): Promise<void> {
  const aside = `${file}.dead-${process.pid}`;
  const isMoved = await rename(file, aside).then(
    () => true,
    () => false,
  );
  if (!isMoved) return;
  const moved = await holderOf(aside);
  if (moved !== null && (moved.pid !== dead?.pid || moved.processStart !== dead.processStart))
    await rename(aside, file);
  else await unlink(aside);
}
