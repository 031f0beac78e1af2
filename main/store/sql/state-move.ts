/** Moves a state from a data folder into a database, or back, or from one database into another: all of it or nothing, and compared. */
import { rm } from 'node:fs/promises';
import * as path from 'node:path';
import { GutsError } from '../../shared/errors.ts';
import { DataLock } from '../data-lock.ts';
import { namesIn } from '../data-files.ts';
import { StateInTheWayError } from '../state.ts';
import {
  isMoved,
  isSetAside,
  asBytes,
  putStateFiles,
  setStateAside,
  stateFilesIn,
  sumOf,
  textOf,
  type StateFileText,
} from '../state-files.ts';
import type { ConnectOptions } from './connect.ts';
import { Database } from './database.ts';
import { demandOwnState, markedWith, markFolder, unmark } from './mark.ts';
import { clearFiles, filesIn, putFiles } from './state-rows.ts';

export type StateEnd = { readonly folder: string } | { readonly database: ConnectOptions };

export interface MovedState {
  readonly files: readonly { readonly name: string; readonly what: string; readonly bytes: number }[];
  /** Where the files of the data folder are now; null where there was none. */
  readonly setAside: string | null;
}

/** What was read back is not what was written. */
export class StateDiffersError extends GutsError {
  readonly code = 'state.differs';
  readonly remedy = 'Nothing was changed where it came from. Look for faults of disk and memory, and try again.';

  constructor(name: string) {
    super(`“${name}” was not the same when it was read back; everything that was written was taken away again.`);
  }
}

class SameStateError extends GutsError {
  readonly code = 'state.same';
  readonly remedy = 'Name another place to move it to (--to), or another one that it comes from (--from).';

  constructor() {
    super('The state is there already.');
  }
}

/** One of both, while nothing else uses it. */
interface Place extends AsyncDisposable {
  read(): Promise<StateFileText[]>;
  /** @throws StateInTheWayError where something is there */
  write(files: readonly StateFileText[]): Promise<void>;
  /** Takes away again what was written. */
  clear(): Promise<void>;
  /** Where both are as they should be: from now on the state is elsewhere, or here. @returns where the files were set aside */
  leave(to: Place): Promise<string | null>;
  settle(): Promise<void>;
  identity(): Promise<{ readonly identity: string; readonly place: string } | null>;
}

/** Nothing may run on either side. @throws StateElsewhereError, DataFolderHeldError, StateInUseError, StateInTheWayError, StateDiffersError */
export async function moveState(from: StateEnd, to: StateEnd): Promise<MovedState> {
  if (isSame(from, to)) throw new SameStateError();
  if ('folder' in from) await demandOwnState(from.folder);
  await using source = await open(from);
  await using target = await open(to);
  const files = await source.read();
  await target.write(files);
  const sums = new Map((await target.read()).map((file) => [file.name, sumOf(file)]));
  const wrong = files.find((file) => sums.get(file.name) !== sumOf(file));
  if (wrong !== undefined || sums.size !== files.length) {
    await target.clear();
    throw new StateDiffersError(wrong?.name ?? 'the state');
  }
  await target.settle();
  const setAside = await source.leave(target);
  return {
    files: files.map((file) => ({ name: file.name, what: file.what, bytes: Buffer.byteLength(textOf(file)) })),
    setAside,
  };
}

const open = async (end: StateEnd): Promise<Place> =>
  'folder' in end ? await openFolder(end.folder) : openDatabase(await Database.open(end.database));

async function openFolder(folder: string): Promise<Place> {
  const lock = await DataLock.take(folder);
  const own = async (): Promise<string[]> => (await namesIn(folder)).filter(isMoved);
  const clear = async (): Promise<void> => {
    for (const name of await own()) await rm(path.join(folder, name), { force: true });
  };
  return {
    read: async () => await stateFilesIn(folder),
    write: async (files) => {
      // What lies in the folder of a server are copies, or what an attempt before has left.
      if (await markedWith(folder)) await clear();
      const there = await own();
      if (there.length > 0) throw new StateInTheWayError(folder, there);
      await putStateFiles(folder, asBytes(files));
    },
    clear,
    leave: async (to) => {
      const other = await to.identity();
      if (other === null) return null;
      const names = (await namesIn(folder)).filter(isSetAside);
      // First: should this be cut off, nobody takes what is left here for the state.
      await markFolder(folder, other.identity, other.place, 'with its state');
      return names.length === 0 ? null : await setStateAside(folder, names);
    },
    settle: async () => await unmark(folder),
    identity: async () => await Promise.resolve(null),
    [Symbol.asyncDispose]: async () => await lock[Symbol.asyncDispose](),
  };
}

function openDatabase(database: Database): Place {
  return {
    read: async () => await filesIn(database),
    write: async (files) => await putFiles(database, files),
    clear: async () => await clearFiles(database),
    leave: async () => await Promise.resolve(null),
    settle: async () => {},
    identity: async () => ({ identity: (await database.row()).identity, place: database.place }),
    [Symbol.asyncDispose]: async () => await database[Symbol.asyncDispose](),
  };
}

const isSame = (a: StateEnd, b: StateEnd): boolean =>
  'folder' in a
    ? 'folder' in b && path.resolve(a.folder) === path.resolve(b.folder)
    : 'database' in b && JSON.stringify(a.database.address) === JSON.stringify(b.database.address);
