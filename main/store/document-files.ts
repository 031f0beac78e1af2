/** The documents of a data folder: each is a file, by lowdb. */
import { readFile, stat } from 'node:fs/promises';
import * as path from 'node:path';
import { Low } from 'lowdb';
import type { DocumentOptions, Documents, StateDocument, StateText } from './documents.ts';
import { DurableFile } from './durable-file.ts';
import { refused } from './errors.ts';
import { asOnlyWriter } from './writer-lock.ts';

export class DocumentFiles implements Documents {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  document<T extends object>(options: DocumentOptions<T>): StateDocument<T> {
    return new DocumentFile(this.#folder, options);
  }

  text(name: string): StateText {
    const file = path.join(this.#folder, name);
    return { place: file, read: async () => await textIn(file), mark: async () => await markOf(file) };
  }
}

/** @param place a data folder, or what keeps the documents elsewhere */
export const documentsAt = (place: string | Documents): Documents =>
  typeof place === 'string' ? new DocumentFiles(place) : place;

class DocumentFile<T extends object> implements StateDocument<T> {
  readonly #folder: string;
  readonly #path: string;
  readonly #file: DurableFile<T>;
  readonly #empty: () => T;

  constructor(folder: string, { name, empty, ...options }: DocumentOptions<T>) {
    this.#folder = folder;
    this.#path = path.join(folder, name);
    this.#file = new DurableFile<T>({ file: this.#path, ...options });
    this.#empty = empty;
  }

  async read(): Promise<T> {
    return (await this.#load()).data;
  }

  async change(change: (now: T) => T): Promise<T> {
    return await asOnlyWriter(this.#folder, async () => {
      const db = await this.#load();
      db.data = change(db.data);
      await db.write();
      return db.data;
    });
  }

  async mark(): Promise<string> {
    return await markOf(this.#path);
  }

  /** Nobody else has the folder while a daemon runs. */
  follow(): Disposable {
    return { [Symbol.dispose]: () => {} };
  }

  async #load(): Promise<Low<T>> {
    const db = new Low<T>(this.#file, this.#empty());
    await db.read();
    return db;
  }
}

async function textIn(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw refused('read', file, error);
  }
}

/** By name it is another file after every durable write, and by time after one in place. */
export async function markOf(file: string): Promise<string> {
  try {
    const { ino, size, mtimeNs } = await stat(file, { bigint: true });
    return `${ino} ${size} ${mtimeNs}`;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'none';
    throw refused('read', file, error);
  }
}
