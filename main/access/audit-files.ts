/** The files of the audit log: `audit.jsonl`, and older ones beside it; read also while a daemon writes them, and where none runs. */
import { readdir } from 'node:fs/promises';
import * as path from 'node:path';
import { AuditEntry } from '../shared/access.ts';
import { AppendLog, readAppendLog, type AppendLogOptions } from '../store/append-log.ts';
import { refused } from '../store/errors.ts';
import type { AuditBook, AuditPlace, UnnumberedEntry } from './audit-book.ts';

const NEWEST = 'audit.jsonl';
const OLD = /^audit-(\d+)\.jsonl$/;
/** A line has some 250 bytes: a file of so many is read in a second. Older ones lie beside it as `audit-NUMBER.jsonl`. */
const ROTATE_AT_BYTES = 16 * 2 ** 20;

export class AuditFiles implements AuditPlace {
  readonly #dataDir: string;
  readonly #rotateAtBytes: number;

  constructor(dataDir: string, rotateAtBytes = ROTATE_AT_BYTES) {
    this.#dataDir = dataDir;
    this.#rotateAtBytes = rotateAtBytes;
  }

  async open(hear: (entry: AuditEntry) => void): Promise<AuditBook> {
    return await AuditFile.open(this.#dataDir, hear, this.#rotateAtBytes);
  }

  /** A file is read when it is come to. */
  async *entries(): AsyncGenerator<AuditEntry> {
    for (const file of [NEWEST, ...(await oldAuditFiles(this.#dataDir)).map(({ name }) => name)])
      yield* (await readAppendLog(auditFile(this.#dataDir, file))).reverse();
  }
}

class AuditFile implements AuditBook {
  readonly #rotateAtBytes: number;
  #log: AppendLog<AuditEntry> | undefined;
  /** The last that is on the disk, and the last that was given. */
  #written = 0;
  #number = 0;
  #writing = 0;
  #rotating: Promise<void> | undefined;

  private constructor(rotateAtBytes: number) {
    this.#rotateAtBytes = rotateAtBytes;
  }

  /** @throws StoreDamagedError when a line is not what was written; the file was set aside then */
  static async open(dataDir: string, hear: (entry: AuditEntry) => void, rotateAtBytes: number): Promise<AuditFile> {
    const book = new AuditFile(rotateAtBytes);
    const [newest] = await oldAuditFiles(dataDir);
    book.#written = newest?.number ?? 0;
    book.#log = await AppendLog.open(auditFile(dataDir, NEWEST), (entry) => {
      book.#written = Math.max(book.#written, entry.number);
      hear(entry);
    });
    book.#number = book.#written;
    return book;
  }

  async append(entry: UnnumberedEntry): Promise<void> {
    this.#number += 1;
    this.#writing += 1;
    try {
      await this.#file.append({ number: this.#number, ...entry });
    } finally {
      this.#writing -= 1;
      if (this.#writing === 0) this.#number = this.#written; // what could not be written has no number
    }
    if (this.#file.bytes < this.#rotateAtBytes) return;
    this.#rotating ??= this.#rotate().finally(() => (this.#rotating = undefined));
    await this.#rotating;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#log?.[Symbol.asyncDispose]();
  }

  get #file(): AppendLog<AuditEntry> {
    if (this.#log === undefined) throw new Error('the audit log is not open');
    return this.#log;
  }

  /** A disk that is full then leaves it as long as it is: nothing is lost by that. */
  async #rotate(): Promise<void> {
    await this.#file.rotate(oldAuditName(this.#number)).catch(() => {});
  }
}

const auditFile = (dataDir: string, name: string): AppendLogOptions<AuditEntry> => ({
  file: path.join(dataDir, name),
  name: 'audit',
  schema: AuditEntry,
  schemaVersion: 1,
});

const oldAuditName = (lastNumber: number): string => `audit-${String(lastNumber).padStart(12, '0')}.jsonl`;

/** Newest first, each by the number of its last entry. */
async function oldAuditFiles(dataDir: string): Promise<{ name: string; number: number }[]> {
  const names = await readdir(dataDir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw refused('read', dataDir, error);
  });
  return names
    .flatMap((name) => {
      const [, number] = OLD.exec(name) ?? [];
      return number === undefined ? [] : [{ name, number: Number(number) }];
    })
    .sort((a, b) => b.number - a.number);
}
