/** Keeps the log in the data folder, in a few files of bounded size: the newest is `guts.log`, older ones have a number. */
import { appendFile, rename, stat } from 'node:fs/promises';
import * as path from 'node:path';
import { GroupCommit } from '../shared/group-commit.ts';
import { FILE_MODE, makeFolder } from '../store/durable-file.ts';
import { giveToOwner } from '../store/owner.ts';
import type { LogPlace } from './log.ts';

const MOST_BYTES = 4 * 1024 * 1024;
const OLD_FILES = 4;
/** Lines that wait for a disk that does not keep up; more are dropped and counted. */
const MOST_WAITING = 10_000;

export interface LogFileOptions {
  readonly mostBytes?: number;
  readonly oldFiles?: number;
}

export class LogFile implements LogPlace {
  readonly file: string;
  readonly #mostBytes: number;
  readonly #oldFiles: number;
  readonly #commits = new GroupCommit<string>((lines) => this.#append(lines));
  #waiting = 0;
  #dropped = 0;
  /** Of the newest file; null until it was looked at. */
  #bytes: number | null = null;

  constructor(dataDir: string, { mostBytes = MOST_BYTES, oldFiles = OLD_FILES }: LogFileOptions = {}) {
    this.file = path.join(logFolder(dataDir), 'guts.log');
    this.#mostBytes = mostBytes;
    this.#oldFiles = oldFiles;
  }

  write(line: string): void {
    if (this.#waiting >= MOST_WAITING) {
      this.#dropped += 1;
      return;
    }
    this.#waiting += 1;
    this.#commits
      .add(line)
      .catch(() => {
        this.#dropped += 1; // the disk is full, or away: standard output has the line
      })
      .finally(() => (this.#waiting -= 1));
  }

  async end(): Promise<void> {
    await this.#commits.end();
  }

  async #append(lines: readonly string[]): Promise<void> {
    if (this.#bytes === null) {
      await makeFolder(path.dirname(this.file));
      this.#bytes = await stat(this.file).then(
        ({ size }) => size,
        () => 0,
      );
    }
    if (this.#bytes >= this.#mostBytes) await this.#rotate();
    const dropped = this.#dropped;
    const text = (dropped === 0 ? '' : droppedLine(dropped)) + lines.join('');
    await appendFile(this.file, text, { mode: FILE_MODE });
    if (this.#bytes === 0) await giveToOwner(this.file);
    this.#dropped -= dropped;
    this.#bytes += Buffer.byteLength(text);
  }

  async #rotate(): Promise<void> {
    for (let number = this.#oldFiles - 1; number >= 1; number--)
      await rename(this.#old(number), this.#old(number + 1)).catch(unlessGone);
    await rename(this.file, this.#old(1)).catch(unlessGone);
    this.#bytes = 0;
  }

  #old(number: number): string {
    return this.file.replace(/\.log$/, `.${number}.log`);
  }
}

export const logFolder = (dataDir: string): string => path.join(dataDir, 'logs');

const droppedLine = (lines: number): string =>
  `${JSON.stringify({ time: new Date().toISOString(), level: 'warn', what: 'log.dropped', lines })}\n`;

function unlessGone(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
