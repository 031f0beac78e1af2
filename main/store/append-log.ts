/**
 * A file that grows by lines, each on the disk before it counts: the queue, the audit log.
 *
 * Whoever appends while a flush is under way shares the next one. A torn end is cut off; damage before the end is set aside
 * and said. One process at a time may have it open.
 */
import { open, readFile, rename, type FileHandle } from 'node:fs/promises';
import * as path from 'node:path';
import { z } from 'zod';
import { GroupCommit } from '../shared/group-commit.ts';
import { Breather } from './breather.ts';
import { corruptName, FILE_MODE, isThere, writeDurably } from './durable-file.ts';
import { hasSoundLine, lineOf, linesOf, valueOf } from './checked-lines.ts';
import { refused, StoreDamagedError, StoreTooNewError, StoreTooOldError, StoreVersionError } from './errors.ts';

const Head = z.object({ log: z.string(), schemaVersion: z.number().int() });

export interface AppendLogOptions<Entry> {
  readonly file: string;
  /** What kind of log it is, in its first line: `queue`, `audit`. */
  readonly name: string;
  readonly schema: z.ZodType<Entry>;
  readonly schemaVersion: number;
  /** Makes what `schema` understands of an entry of an older layout. */
  readonly upgrade?: (entry: unknown, from: number) => unknown;
}

interface Piece<Entry> {
  readonly entry: Entry;
  readonly line: string;
}

export class AppendLog<Entry> implements AsyncDisposable {
  readonly #options: AppendLogOptions<Entry>;
  readonly #apply: (entry: Entry) => void;
  readonly #commits: GroupCommit<Piece<Entry>>;
  #handle: FileHandle;
  /** All of it is on the disk. */
  #bytes: number;
  /** After a failure that left the file in a state which nobody knows; what comes next begins with a new one. */
  #broken: unknown;
  /** The handle is of the file that has the name. */
  #isCurrent = true;

  private constructor(
    options: AppendLogOptions<Entry>,
    apply: (entry: Entry) => void,
    handle: FileHandle,
    bytes: number,
  ) {
    this.#options = options;
    this.#apply = apply;
    this.#handle = handle;
    this.#bytes = bytes;
    this.#commits = new GroupCommit((pieces) => this.#commit(pieces));
  }

  /**
   * Makes the log where there is none, cuts off a torn end, and brings an older layout to this one, with the old file as `.bak`.
   * @param apply is told each entry once it is on the disk, in order: first those that are there, then what is appended
   * @throws StoreDamagedError when something before its end is not what was written: the file was set aside then, and what
   * stood before the damage is in its place
   */
  static async open<Entry>(options: AppendLogOptions<Entry>, apply: (entry: Entry) => void): Promise<AppendLog<Entry>> {
    const { file } = options;
    let handle: FileHandle | undefined;
    try {
      const found: Entry[] = [];
      const read = await readLog(options, (entry) => found.push(entry), 'mend');
      const isOld = read !== null && read.schemaVersion < options.schemaVersion;
      if (read === null || isOld) await writeDurably(file, await textOf(options, found), isOld);
      handle = await open(file, 'a', FILE_MODE);
      const { size } = await handle.stat();
      const bytes = read === null || isOld ? size : read.soundBytes;
      if (bytes < size) {
        await handle.truncate(bytes);
        await handle.datasync();
      }
      for (const entry of found) apply(entry);
      return new AppendLog(options, apply, handle, bytes);
    } catch (error) {
      await handle?.close();
      throw refused('written', file, error);
    }
  }

  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Returns once the entry survives a power cut and was applied; entries come in the order of the calls.
   * @throws StoreRefusedError when it could not be written: it is not in the log then, and later ones may be
   */
  async append(entry: Entry): Promise<void> {
    await this.#commits.add({ entry, line: lineOf(entry) });
  }

  /**
   * Puts other entries in the place of all that are there: fewer, and the same to whoever folds them.
   * @param snapshot is asked when everything that was appended before is applied, and nothing after it
   */
  async replace(snapshot: () => readonly Entry[]): Promise<void> {
    await this.#swap(async () => {
      await writeDurably(this.#options.file, await textOf(this.#options, snapshot()), false);
    });
  }

  /** Gives the file another name in its folder, and goes on in an empty one. */
  async rotate(name: string): Promise<void> {
    const { file } = this.#options;
    await this.#swap(async () => {
      const old = path.join(path.dirname(file), name);
      await rename(file, old);
      try {
        await writeDurably(file, await textOf(this.#options, []), false);
      } catch (error) {
        await rename(old, file); // as before: what is appended goes on in it
        throw error;
      }
    });
  }

  /** Waits for what was appended. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#commits.end();
    await this.#handle.close();
  }

  async #commit(pieces: readonly Piece<Entry>[]): Promise<void> {
    const { file } = this.#options;
    const text = pieces.map(({ line }) => line).join('');
    try {
      if (this.#broken !== undefined) await this.#mend();
    } catch (error) {
      throw refused('written', file, error);
    }
    try {
      await this.#handle.appendFile(text);
      await this.#handle.datasync();
    } catch (error) {
      await this.#takeBack(error);
      throw refused('written', file, error);
    }
    this.#bytes += Buffer.byteLength(text);
    for (const { entry } of pieces) this.#apply(entry);
  }

  /** What is half there would tear the lines that come after it. */
  async #takeBack(error: unknown): Promise<void> {
    // After a failed flush the system may call data flushed that is not: only a full disk is known to be harmless.
    const isHarmless = ['ENOSPC', 'EDQUOT'].includes((error as NodeJS.ErrnoException).code ?? '');
    try {
      await this.#handle.truncate(this.#bytes);
      await this.#handle.datasync();
      if (!isHarmless) this.#broken = error;
    } catch {
      this.#broken = error;
    }
  }

  /** Of the old file nobody knows what the disk has: all that counts is written into another one. */
  async #mend(): Promise<void> {
    const { file } = this.#options;
    if (this.#isCurrent) {
      const sound = (await readFile(file)).subarray(0, this.#bytes);
      if (sound.length < this.#bytes) throw this.#broken;
      await writeDurably(file, sound, false);
    }
    await this.#reopen();
  }

  /** Between two batches: what is appended from now on goes into the new file. */
  async #swap(change: () => Promise<void>): Promise<void> {
    const { file } = this.#options;
    await this.#commits.alone(async () => {
      try {
        await change();
        await this.#reopen();
      } catch (error) {
        throw refused('written', file, error);
      }
    });
  }

  async #reopen(): Promise<void> {
    const old = this.#handle;
    this.#isCurrent = false;
    try {
      this.#handle = await open(this.#options.file, 'a', FILE_MODE);
      this.#bytes = (await this.#handle.stat()).size;
      this.#broken = undefined;
      this.#isCurrent = true;
    } catch (error) {
      this.#broken = error; // what the old handle writes is in no file that has a name
      throw error;
    }
    await old.close();
  }
}

/** The entries of a log that somebody else writes, or that was rotated; none where there is no such file. */
export async function readAppendLog<Entry>(options: AppendLogOptions<Entry>): Promise<Entry[]> {
  const entries: Entry[] = [];
  try {
    await readLog(options, (entry) => entries.push(entry), 'look');
  } catch (error) {
    throw refused('read', options.file, error);
  }
  return entries;
}

interface ReadLog {
  readonly schemaVersion: number;
  /** Up to the end of the last whole line. */
  readonly soundBytes: number;
}

/** Null where there is no file. */
async function readLog<Entry>(
  options: AppendLogOptions<Entry>,
  apply: (entry: Entry) => void,
  how: 'mend' | 'look',
): Promise<ReadLog | null> {
  const { file } = options;
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    if (await isThere(corruptName(file))) throw undecided(file);
    return null;
  }
  const breather = new Breather();
  let schemaVersion: number | null = null;
  let at = 0;
  try {
    for (const { text, end } of linesOf(bytes)) {
      if (breather.isDue) await breather.breathe();
      const value = valueOf(text);
      if (value === undefined && schemaVersion !== null && !hasSoundLine(bytes.subarray(end))) break; // torn: nobody was told of it
      if (schemaVersion === null) schemaVersion = versionOf(options, value);
      else apply(entryOf(options, value, schemaVersion));
      at = end;
    }
    if (schemaVersion === null) throw new Error('It is empty.');
    return { schemaVersion, soundBytes: at };
  } catch (error) {
    if (error instanceof StoreVersionError) throw error;
    throw how === 'mend' ? await setAside(file, bytes.subarray(0, at), error) : unreadable(file, error);
  }
}

function versionOf<Entry>({ file, name, schemaVersion }: AppendLogOptions<Entry>, head: unknown): number {
  const found = Head.extend({ log: z.literal(name) }).parse(head).schemaVersion;
  if (found > schemaVersion) throw new StoreTooNewError(file, found);
  return found;
}

function entryOf<Entry>(options: AppendLogOptions<Entry>, value: unknown, from: number): Entry {
  const { file, schema, schemaVersion, upgrade } = options;
  if (from === schemaVersion) return schema.parse(value);
  if (upgrade === undefined) throw new StoreTooOldError(file, from);
  return schema.parse(upgrade(value, from));
}

async function textOf<Entry>(options: AppendLogOptions<Entry>, entries: readonly Entry[]): Promise<string> {
  const { name, schemaVersion } = options;
  const breather = new Breather();
  let text = lineOf({ log: name, schemaVersion } satisfies z.infer<typeof Head>);
  for (const entry of entries) {
    if (breather.isDue) await breather.breathe();
    text += lineOf(entry);
  }
  return text;
}

/** Keeps what is there under another name; what stood before the damage takes its place. */
async function setAside(file: string, sound: Buffer, cause: unknown): Promise<StoreDamagedError> {
  const corrupt = corruptName(file);
  await rename(file, corrupt);
  if (sound.length === 0) return undecided(file, cause);
  await writeDurably(file, sound, false);
  return new StoreDamagedError(
    file,
    `It was set aside as “${corrupt}”, and what stood before the damage is in its place now.`,
    'Look at what is there now, for later changes may be missing, and start again.',
    { cause },
  );
}

const undecided = (file: string, cause?: unknown): StoreDamagedError =>
  new StoreDamagedError(
    file,
    `It was set aside as “${corruptName(file)}”.`,
    `Put a good copy in its place as “${file}”, or remove “${corruptName(file)}” to begin without.`,
    { cause },
  );

const unreadable = (file: string, cause: unknown): StoreDamagedError =>
  new StoreDamagedError(
    file,
    'A line of it is not what was written.',
    'Start Guts with this data folder: that sets the file aside and says what is left.',
    { cause },
  );
