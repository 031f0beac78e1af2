/** What a file says, read again whenever the file is another one than before. */
import { stat } from 'node:fs/promises';
import { refused } from '../store/errors.ts';

export class FreshFile<T> {
  readonly #file: string;
  readonly #read: () => Promise<T>;
  #last: { readonly mark: string; readonly value: Promise<T> } | undefined;

  /** @param read is asked once for every generation of the file, also for the one in which it is not there */
  constructor(file: string, read: () => Promise<T>) {
    this.#file = file;
    this.#read = read;
  }

  /** @throws what `read` throws */
  async get(): Promise<T> {
    const mark = await this.#mark();
    if (this.#last?.mark !== mark) this.#last = { mark, value: this.#read() };
    const { value } = this.#last;
    try {
      return await value;
    } catch (error) {
      this.#last = undefined; // what went wrong may be over, with the same file
      throw error;
    }
  }

  /** By name it is another file after every durable write, and by time after one in place. */
  async #mark(): Promise<string> {
    try {
      const { ino, size, mtimeNs } = await stat(this.#file, { bigint: true });
      return `${ino} ${size} ${mtimeNs}`;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'none';
      throw refused('read', this.#file, error);
    }
  }
}
