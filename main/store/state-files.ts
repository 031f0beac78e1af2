/** A state as a list of files with their texts, read from a data folder and put into one: how it goes from one place to another. */
import { createHash } from 'node:crypto';
import { readFile, rename, rm } from 'node:fs/promises';
import * as path from 'node:path';
import { GutsError } from '../shared/errors.ts';
import { hasSoundLine, jsonOf, linesOf, lineOfJson } from './checked-lines.ts';
import { dataFile, inOrder, namesIn } from './data-files.ts';
import { makeFolder, syncFolder, writeDurably } from './durable-file.ts';
import { refused } from './errors.ts';

/** One file: a text, or the JSON of its lines. */
export type StateFileText =
  | { readonly name: string; readonly what: string; readonly text: string }
  | { readonly name: string; readonly what: string; readonly lines: readonly string[] };

export interface NamedBytes {
  readonly name: string;
  readonly bytes: string | Uint8Array;
}

/** What cannot be taken along. */
export class StateUnreadableError extends GutsError {
  readonly code = 'state.unreadable';
  readonly remedy: string;

  constructor(file: string, why: string, remedy: string) {
    super(`“${file}” cannot be taken along: ${why}.`);
    this.remedy = remedy;
  }
}

export const isMoved = (name: string): boolean => (dataFile(name)?.isExported ?? 'never') !== 'never';

/** Also the generation before. */
export const isSetAside = (name: string): boolean => isMoved(name.replace(/\.bak$/, ''));

/** As it would be on the disk. */
export const textOf = (file: StateFileText): string =>
  'text' in file ? file.text : file.lines.map((json) => lineOfJson(json)).join('');

/** One after the other, so that no more than one is there as a whole. */
export function* asBytes(files: readonly StateFileText[]): Generator<NamedBytes> {
  for (const file of files) yield { name: file.name, bytes: textOf(file) };
}

export const sumOf = (file: StateFileText): string => createHash('sha256').update(textOf(file)).digest('hex');

/** Everything that a state consists of, what names others first. @throws StateUnreadableError */
export async function stateFilesIn(dataDir: string): Promise<StateFileText[]> {
  const files: StateFileText[] = [];
  for (const name of inOrder(await namesIn(dataDir)).filter(isMoved)) {
    const file = path.join(dataDir, name);
    const bytes = await readFile(file).catch((error: unknown) => {
      throw refused('read', file, error);
    });
    files.push(fileOf(file, name, bytes));
  }
  return files;
}

/**
 * Puts files into a data folder, each on the disk when this returns. What names others gets its name last: whoever finds the queue
 * finds all that it names.
 * @returns the bytes of each, in their order
 */
export async function putStateFiles(
  dataDir: string,
  files: AsyncIterable<NamedBytes> | Iterable<NamedBytes>,
): Promise<{ readonly name: string; readonly bytes: number }[]> {
  const aside = path.join(dataDir, `import.${process.pid}.part`);
  const put: { readonly name: string; readonly bytes: number }[] = [];
  try {
    for await (const { name, bytes } of files) {
      await writeDurably(path.join(aside, name), bytes, false);
      put.push({ name, bytes: Buffer.byteLength(bytes) });
    }
    for (const { name } of put.toReversed()) {
      const to = path.join(dataDir, name);
      await makeFolder(path.dirname(to));
      await rename(path.join(aside, name), to);
      await syncFolder(path.dirname(to));
    }
  } catch (error) {
    throw refused('written', dataDir, error);
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
  return put;
}

/** Puts what is there aside, in a folder beside it. @returns the folder */
export async function setStateAside(dataDir: string, names: readonly string[]): Promise<string> {
  const folder = `moved-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`;
  try {
    for (const name of names) {
      const to = path.join(dataDir, folder, name);
      await makeFolder(path.dirname(to));
      await rename(path.join(dataDir, name), to);
    }
    await syncFolder(dataDir);
  } catch (error) {
    throw refused('written', dataDir, error);
  }
  return path.join(dataDir, folder);
}

function fileOf(file: string, name: string, bytes: Buffer): StateFileText {
  const what = dataFile(name)?.what ?? '';
  const text = bytes.toString('utf8');
  if (!name.endsWith('.jsonl')) {
    if (!Buffer.from(text).equals(bytes) || text.includes('\0'))
      throw new StateUnreadableError(file, 'it is no text in UTF-8', 'Mend the file, or take it away.');
    return { name, what, text };
  }
  const lines: string[] = [];
  for (const { text: line, end } of linesOf(bytes)) {
    const json = jsonOf(line);
    if (json === undefined) {
      // A torn end counts for nothing, and is cut off by whoever opens the file next.
      if (!hasSoundLine(bytes.subarray(end))) break;
      throw new StateUnreadableError(
        file,
        'a line in its middle is not what was written',
        'Start Guts with this data folder once: it sets the file aside and says what is left.',
      );
    }
    lines.push(json);
  }
  return { name, what, lines };
}
