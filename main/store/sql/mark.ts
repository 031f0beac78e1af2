/** `shared-state.json` in a data folder: says that what lies there are copies, of which state, and which of its servers this is. */
import { randomUUID } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import * as path from 'node:path';
import { z } from 'zod';
import { dataFile, namesIn } from '../data-files.ts';
import { writeDurably } from '../durable-file.ts';
import { refused } from '../errors.ts';
import { OtherStateError, StateBesideError, StateElsewhereError } from './errors.ts';

const NAME = 'shared-state.json';
const Mark = z.object({ schemaVersion: z.literal(1), identity: z.string(), server: z.string() });
type Mark = z.infer<typeof Mark>;

/**
 * Takes a data folder for a server of this state.
 * @param how whether a state of its own may lie there, because the database has it by now
 * @returns what this server is called among those that share it
 * @throws StateBesideError, OtherStateError
 */
export async function markFolder(
  dataDir: string,
  identity: string,
  place: string,
  how: 'empty' | 'with its state' = 'empty',
): Promise<string> {
  const found = await markIn(dataDir);
  if (found !== null && found.identity !== identity) throw new OtherStateError(dataDir, place);
  if (found !== null) return found.server;
  const own = how === 'empty' ? await ownNames(dataDir) : [];
  if (own.length > 0) throw new StateBesideError(dataDir, own);
  const mark: Mark = { schemaVersion: 1, identity, server: randomUUID() };
  const file = path.join(dataDir, NAME);
  try {
    await writeDurably(file, `${JSON.stringify(mark)}\n`, false);
  } catch (error) {
    throw refused('written', file, error);
  }
  return mark.server;
}

/** What a data folder knows by itself, and a state elsewhere would hide. */
export const ownNames = async (dataDir: string): Promise<string[]> =>
  (await namesIn(dataDir)).filter((name) => (dataFile(name)?.isExported ?? 'never') !== 'never');

/** @throws StateElsewhereError where only copies lie there */
export async function demandOwnState(dataDir: string): Promise<void> {
  if ((await markIn(dataDir)) !== null) throw new StateElsewhereError(dataDir);
}

/** Whether it belongs to a server of any database. */
export const markedWith = async (dataDir: string): Promise<boolean> => (await markIn(dataDir)) !== null;

/** It has a state of its own from now on. */
export async function unmark(dataDir: string): Promise<void> {
  await rm(path.join(dataDir, NAME), { force: true });
}

async function markIn(dataDir: string): Promise<Mark | null> {
  const file = path.join(dataDir, NAME);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw refused('read', file, error);
  });
  return text === null ? null : Mark.parse(JSON.parse(text));
}
