/**
 * The state of a data folder as one file, to be taken to another machine or kept: a head, a line for each file with its bytes
 * and their sum, and an end. Secrets are in none of these files, and stay where they are.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as path from 'node:path';
import { z } from 'zod';
import { GutsError } from '../shared/errors.ts';
import { dataFile, inOrder, namesIn } from './data-files.ts';
import { DataLock } from './data-lock.ts';
import { refused, StoreTooNewError } from './errors.ts';
import { isMoved, putStateFiles } from './state-files.ts';
import { linesIn } from './text-lines.ts';

const SCHEMA_VERSION = 1;
const Head = z.object({
  guts: z.literal('state'),
  schemaVersion: z.number().int(),
  version: z.string(),
  exportedAt: z.iso.datetime(),
});
const File = z.object({
  name: z.string(),
  sha256: z.string(),
  /** What is no text is base64. */
  encoding: z.enum(['utf8', 'base64']),
  content: z.string(),
});
const End = z.object({ end: z.literal(true), files: z.number().int() });

export interface ExportOptions {
  readonly version: string;
  readonly withAudit: boolean;
  readonly withTokens: boolean;
}

/** A file of the state, and what it is. */
export interface StateFile {
  readonly name: string;
  readonly what: string;
  readonly bytes: number;
}

/** It is no export of the state, or not a whole one. */
export class BadStateError extends GutsError {
  readonly code = 'state.damaged';
  readonly remedy = 'Take another copy of the file, or export the state again.';
}

/** Something is there already that the import would have to mix with. */
export class StateInTheWayError extends GutsError {
  readonly code = 'state.not-empty';
  readonly remedy: string;

  constructor(place: string, names: readonly string[], what: 'folder' | 'database' = 'folder') {
    const some = names.slice(0, 3).join(', ');
    super(
      `${what === 'folder' ? `“${place}”` : `The database at ${place}`} holds a state already: ${some}${names.length > 3 ? ` and ${names.length - 3} more` : ''}.`,
    );
    this.remedy =
      what === 'folder'
        ? 'Name an empty folder (--to, or GUTS_DATA_DIR), or move away what is in this one.'
        : 'Name another database that is empty (--to). If nobody needs what this one holds, drop it and make it anew.';
  }
}

/** Lines of an export, each with its end. A Guts that runs meanwhile may go on. */
export async function* exportState(dataDir: string, options: ExportOptions): AsyncGenerator<string, StateFile[], void> {
  const { version, withAudit, withTokens } = options;
  const asked = { always: true, audit: withAudit, tokens: withTokens, never: false };
  yield lineOf({
    guts: 'state',
    schemaVersion: SCHEMA_VERSION,
    version,
    exportedAt: new Date().toISOString(),
  } satisfies z.infer<typeof Head>);
  const files: StateFile[] = [];
  for (const name of inOrder(await namesIn(dataDir))) {
    const file = dataFile(name);
    if (file === null || !asked[file.isExported]) continue;
    const bytes = await readFile(path.join(dataDir, name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null; // deleted meanwhile
      throw refused('read', path.join(dataDir, name), error);
    });
    if (bytes === null) continue;
    yield lineOf({ name, sha256: sumOf(bytes), ...encoded(bytes) } satisfies z.infer<typeof File>);
    files.push({ name, what: file.what, bytes: bytes.length });
  }
  yield lineOf({ end: true, files: files.length } satisfies z.infer<typeof End>);
  return files;
}

/**
 * Puts an exported state into a data folder that has none. Nothing is written before all of it was found good.
 * @throws BadStateError, StoreTooNewError, StateInTheWayError, DataFolderHeldError
 */
export async function importState(file: string, dataDir: string): Promise<StateFile[]> {
  for await (const _one of filesIn(file)) continue;
  await using _lock = await DataLock.take(dataDir);
  const inTheWay = (await namesIn(dataDir)).filter(isMoved);
  if (inTheWay.length > 0) throw new StateInTheWayError(dataDir, inTheWay);
  const put = await putStateFiles(dataDir, filesIn(file));
  return put.map(({ name, bytes }) => ({ name, what: dataFile(name)?.what ?? '', bytes }));
}

async function* filesIn(file: string): AsyncGenerator<{ readonly name: string; readonly bytes: Buffer }> {
  let number = 0;
  let found = 0;
  let hasEnded = false;
  const bad = (why: string): BadStateError => new BadStateError(`“${file}” is no whole export of the state: ${why}.`);
  try {
    for await (const text of linesIn(file)) {
      number += 1;
      const value = parsed(text);
      if (value === undefined || hasEnded) throw bad(`line ${number} is not what was written`);
      if (number === 1) {
        const head = Head.safeParse(value);
        if (!head.success) throw bad('it does not begin as one');
        if (head.data.schemaVersion > SCHEMA_VERSION) throw new StoreTooNewError(file, head.data.schemaVersion);
        continue;
      }
      const end = End.safeParse(value);
      if (end.success) {
        if (end.data.files !== found) throw bad('some of its files are missing');
        hasEnded = true;
        continue;
      }
      const one = File.safeParse(value);
      if (!one.success) throw bad(`line ${number} is not what was written`);
      const { name, sha256, encoding, content } = one.data;
      const bytes = Buffer.from(content, encoding);
      if (sumOf(bytes) !== sha256) throw bad(`“${name}” is damaged`);
      // The table also keeps names from leading out of the folder.
      if (!isMoved(name)) throw bad(`“${name}” has no place in a state`);
      found += 1;
      yield { name, bytes };
    }
  } catch (error) {
    throw refused('read', file, error);
  }
  if (!hasEnded) throw bad('its end is missing');
}

function encoded(bytes: Buffer): Pick<z.infer<typeof File>, 'encoding' | 'content'> {
  const text = bytes.toString('utf8');
  if (Buffer.from(text).equals(bytes)) return { encoding: 'utf8', content: text };
  return { encoding: 'base64', content: bytes.toString('base64') };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const sumOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const lineOf = (value: unknown): string => `${JSON.stringify(value)}\n`;
