/** `audit.jsonl`: who changed what and when. Lines are only added; whatever is acknowledged has its line on the disk. */
import { matcher } from '../shared/glob.ts';
import type { AuditEntry } from '../shared/access.ts';
import { GutsError } from '../shared/errors.ts';
import { AppendLog } from '../store/append-log.ts';
import { auditEntries, auditFile, oldAuditFiles, oldAuditName } from './audit-files.ts';

/** A line has some 250 bytes: a file of so many is read in a second. Older ones lie beside it as `audit-NUMBER.jsonl`. */
const ROTATE_AT_BYTES = 16 * 2 ** 20;

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
  readonly #dataDir: string;
  readonly #rotateAtBytes: number;
  #log: AppendLog<AuditEntry> | undefined;
  #number = 0;
  /** What could not be written; nothing else is, before these are. */
  readonly #owed: AuditEntry[] = [];
  #paying: Promise<void> | undefined;
  #rotating: Promise<void> | undefined;
  readonly #hear: (entry: AuditEntry) => void;

  private constructor(dataDir: string, hear: (entry: AuditEntry) => void, rotateAtBytes: number) {
    this.#dataDir = dataDir;
    this.#hear = hear;
    this.#rotateAtBytes = rotateAtBytes;
  }

  /**
   * @param hear is told every entry of the newest file, and every new one
   * @throws StoreDamagedError when a line is not what was written; the file was set aside then
   */
  static async open(
    dataDir: string,
    hear: (entry: AuditEntry) => void = () => {},
    rotateAtBytes = ROTATE_AT_BYTES,
  ): Promise<AuditLog> {
    const audit = new AuditLog(dataDir, hear, rotateAtBytes);
    const [newest] = await oldAuditFiles(dataDir);
    audit.#number = newest?.number ?? 0;
    audit.#log = await AppendLog.open(auditFile(dataDir), (entry) => {
      audit.#number = Math.max(audit.#number, entry.number);
      audit.#hear(entry);
    });
    return audit;
  }

  /** Writes what is owed, if there is something. @throws why it cannot be written */
  async demand(): Promise<void> {
    if (this.#owed.length === 0) return;
    this.#paying ??= this.#pay().finally(() => (this.#paying = undefined));
    await this.#paying;
  }

  /** Returns when it is on the disk. @throws AuditNotWrittenError; it is owed then */
  async write(entry: NewEntry): Promise<void> {
    this.#number += 1;
    const full: AuditEntry = { number: this.#number, at: new Date().toISOString(), ...entry };
    try {
      await this.#file.append(full);
    } catch (error) {
      this.#owed.push(full);
      throw new AuditNotWrittenError(error);
    }
    if (this.#file.bytes < this.#rotateAtBytes) return;
    this.#rotating ??= this.#rotate().finally(() => (this.#rotating = undefined));
    await this.#rotating;
  }

  /** Newest first. `before` is a number: only what is older. */
  async *entries(wanted: {
    who?: string | undefined;
    what?: string | undefined;
    before?: number;
  }): AsyncGenerator<AuditEntry> {
    const isWho = matcher(wanted.who);
    const isWhat = matcher(wanted.what);
    for await (const entry of auditEntries(this.#dataDir))
      if (entry.number < (wanted.before ?? Infinity) && isWho(entry.who) && isWhat(entry.what)) yield entry;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#log?.[Symbol.asyncDispose]();
  }

  get #file(): AppendLog<AuditEntry> {
    if (this.#log === undefined) throw new Error('the audit log is not open');
    return this.#log;
  }

  async #pay(): Promise<void> {
    for (let oldest = this.#owed[0]; oldest !== undefined; oldest = this.#owed[0]) {
      await this.#file.append(oldest);
      this.#owed.shift();
    }
  }

  /** A disk that is full then leaves it as long as it is: nothing is lost by that. */
  async #rotate(): Promise<void> {
    await this.#file.rotate(oldAuditName(this.#number)).catch(() => {});
  }
}
