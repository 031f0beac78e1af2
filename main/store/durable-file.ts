/** One document in one file, as an adapter for lowdb: whole or not there, on the disk when written, never silently lost. */
import { constants } from 'node:fs';
import { access, copyFile, link, mkdir, open, readFile, rename, unlink, type FileHandle } from 'node:fs/promises';
import * as path from 'node:path';
import type { Adapter } from 'lowdb';
import { z } from 'zod';
import { giveAllToOwner, giveToOwner } from './owner.ts';
import { refused, StoreDamagedError, StoreTooNewError, StoreTooOldError, StoreVersionError } from './errors.ts';

/** Only the owner may read what Guts keeps: it names servers and users. */
export const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

const Versioned = z.object({ schemaVersion: z.number().int() });

export interface DurableFileOptions<T> {
  readonly file: string;
  /** Parses what was read; its `schemaVersion` is told apart before. */
  readonly schema: z.ZodType<T>;
  readonly schemaVersion: number;
  /** By the layout that they begin with, steps to the next one: 1 makes the second layout of the first. */
  readonly upgrades?: Readonly<Record<number, (document: unknown) => unknown>>;
  /** Keeps the generation before as `FILE.bak`. Not for what must be gone when it is deleted. */
  readonly keepsBackup: boolean;
}

export class DurableFile<T> implements Adapter<T> {
  readonly #options: DurableFileOptions<T>;

  constructor(options: DurableFileOptions<T>) {
    this.#options = options;
  }

  /**
   * The document, in this layout also where the file has an older one, which the next write replaces; null where there never
   * was one.
   * @throws StoreDamagedError when the file cannot be understood. It is set aside then, and the generation before takes its
   * place where there is one; without one, this throws until the operator has decided.
   */
  readonly read = async (): Promise<T | null> => {
    const { file } = this.#options;
    let text: string;
    try {
      text = await readFile(file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw refused('read', file, error);
      if (await isThere(corruptName(file))) throw damaged(file, `It was set aside as “${corruptName(file)}”.`);
      return null;
    }
    try {
      return this.#parse(text);
    } catch (error) {
      if (error instanceof StoreVersionError) throw error;
      throw await this.#setAside(error);
    }
  };

  /** Returns when the document would survive a power cut. */
  readonly write = async (data: T): Promise<void> => {
    const { file, keepsBackup } = this.#options;
    try {
      await writeDurably(file, textOfDocument(data), keepsBackup);
    } catch (error) {
      throw refused('written', file, error);
    }
  };

  #parse(text: string): T {
    return documentIn(text, this.#options);
  }

  async #setAside(cause: unknown): Promise<StoreDamagedError> {
    const { file } = this.#options;
    const corrupt = corruptName(file);
    const backup = backupName(file);
    try {
      await rename(file, corrupt);
      const text = await readFile(backup, 'utf8').catch(() => '');
      if (!this.#isGood(text)) return damaged(file, `It was set aside as “${corrupt}”.`, cause);
      await copyFile(backup, file, constants.COPYFILE_EXCL);
      await giveToOwner(file);
    } catch (error) {
      throw refused('written', file, error);
    }
    return new StoreDamagedError(
      file,
      `It was set aside as “${corrupt}”, and the generation before it is in its place now.`,
      'Look at what is there now, for the last change may be missing, and run the command again.',
      { cause },
    );
  }

  #isGood(text: string): boolean {
    try {
      this.#parse(text);
      return true;
    } catch {
      return false;
    }
  }
}

/** In this layout, also where the text has an older one. @throws StoreVersionError, and what parsing throws */
export function documentIn<T>(
  text: string,
  { file, schema, schemaVersion, upgrades = {} }: Omit<DurableFileOptions<T>, 'keepsBackup'>,
): T {
  let value: unknown = JSON.parse(text);
  const found = Versioned.parse(value).schemaVersion;
  if (found > schemaVersion) throw new StoreTooNewError(file, found);
  for (let version = found; version < schemaVersion; version++) {
    const step = upgrades[version];
    if (step === undefined) throw new StoreTooOldError(file, found);
    value = step(value);
  }
  return schema.parse(value);
}

export const textOfDocument = (data: unknown): string => `${JSON.stringify(data, null, 2)}\n`;

/** Writes beside the file, forces it to the disk, and gives it its name then. */
export async function writeDurably(file: string, text: string | Uint8Array, keepsBackup: boolean): Promise<void> {
  const folder = path.dirname(file);
  await makeFolder(folder);
  const part = `${file}.${process.pid}.part`;
  try {
    const handle = await open(part, 'w', FILE_MODE);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await giveToOwner(part);
    if (keepsBackup) await keep(file);
    await rename(part, file);
  } catch (error) {
    await unlink(part).catch(() => {}); // what failed is told; a part file is removed by the next write otherwise
    throw error;
  }
  await syncFolder(folder);
}

export async function makeFolder(folder: string): Promise<void> {
  try {
    const first = await mkdir(folder, { recursive: true, mode: FOLDER_MODE });
    await giveAllToOwner(first, path.resolve(folder));
  } catch (error) {
    // Node says so of a read-only file system too: the first folder that is missing gives the true reason.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const parent = path.dirname(folder);
    if (parent !== folder) await makeFolder(parent);
    await mkdir(folder, { mode: FOLDER_MODE });
  }
}

/** The file stays where it is, also while its generation before is replaced. */
async function keep(file: string): Promise<void> {
  const fresh = `${backupName(file)}.part`;
  await unlink(fresh).catch(() => {});
  try {
    await link(file, fresh);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return; // the first generation
    await copyFile(file, fresh); // file systems without hard links
    await giveToOwner(fresh);
  }
  await rename(fresh, backupName(file));
}

/** A new name lasts only when its folder is on the disk. Windows knows no such thing and needs none. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle: FileHandle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const backupName = (file: string): string => `${file}.bak`;
export const corruptName = (file: string): string => `${file}.corrupt`;

export async function isThere(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    () => false,
  );
}

function damaged(file: string, says: string, cause?: unknown): StoreDamagedError {
  return new StoreDamagedError(
    file,
    says,
    `Put a good copy in its place as “${file}”, or remove “${corruptName(file)}” to begin without.`,
    { cause },
  );
}
