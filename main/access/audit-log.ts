/** The audit log: who changed what and when. Lines are only added; whatever is acknowledged has its line on the disk. */
import { matcher } from '../shared/glob.ts';
import type { AuditEntry } from '../shared/access.ts';
import { GutsError } from '../shared/errors.ts';
import type { AuditBook, AuditPlace, UnnumberedEntry } from './audit-book.ts';
import { AuditFiles } from './audit-files.ts';

export type NewEntry = Omit<AuditEntry, 'number' | 'at'>;

/** It was done, and there is no line of it yet. */
export class AuditNotWrittenError extends GutsError {
  readonly code = 'audit.not-written';
  readonly remedy =
    'Look whether it was done before asking again. Make room in the data folder: until the line is written, nothing else is changed.';

  constructor(cause: unknown) {
    super('What was asked for is done or refused, but could not be written into the audit log.', { cause });
  }
}

export class AuditLog implements AsyncDisposable {
  readonly #place: AuditPlace;
  readonly #book: AuditBook;
  /** What could not be written; nothing else is, before these are. */
  readonly #owed: UnnumberedEntry[] = [];
  #paying: Promise<void> | undefined;

  private constructor(place: AuditPlace, book: AuditBook) {
    this.#place = place;
    this.#book = book;
  }

  /**
   * @param where a data folder, or what keeps the log elsewhere
   * @param hear is told every entry of the newest file, and every new one
   * @param rotateAtBytes of a data folder's files; the usual size without it
   * @throws StoreDamagedError when a line is not what was written; the file was set aside then
   */
  static async open(
    where: string | AuditPlace,
    hear: (entry: AuditEntry) => void = () => {},
    rotateAtBytes?: number,
  ): Promise<AuditLog> {
    const place = typeof where === 'string' ? new AuditFiles(where, rotateAtBytes) : where;
    return new AuditLog(place, await place.open(hear));
  }

  /** Writes what is owed, if there is something. @throws why it cannot be written */
  async demand(): Promise<void> {
    if (this.#owed.length === 0) return;
    this.#paying ??= this.#pay().finally(() => (this.#paying = undefined));
    await this.#paying;
  }

  /** Returns when it is on the disk. @throws AuditNotWrittenError; it is owed then */
  async write(entry: NewEntry): Promise<void> {
    const full = { at: new Date().toISOString(), ...entry };
    try {
      await this.#book.append(full);
    } catch (error) {
      this.#owed.push(full);
      throw new AuditNotWrittenError(error);
    }
  }

  /** Newest first. `before` is a number: only what is older. */
  async *entries(wanted: {
    who?: string | undefined;
    what?: string | undefined;
    before?: number;
  }): AsyncGenerator<AuditEntry> {
    const isWho = matcher(wanted.who);
    const isWhat = matcher(wanted.what);
    for await (const entry of this.#place.entries())
      if (entry.number < (wanted.before ?? Infinity) && isWho(entry.who) && isWhat(entry.what)) yield entry;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#book[Symbol.asyncDispose]();
  }

  async #pay(): Promise<void> {
    for (let oldest = this.#owed[0]; oldest !== undefined; oldest = this.#owed[0]) {
      await this.#book.append(oldest);
      this.#owed.shift();
    }
  }
}
