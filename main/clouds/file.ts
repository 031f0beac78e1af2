/** Reads small text files that others wrote: nothing but a file, not too large, and text. */
import { readFile, stat } from 'node:fs/promises';
import { UnreadableFileError } from './errors.ts';

const MOST_BYTES = 1024 * 1024;

/** Null where there is none. @throws UnreadableFileError */
export async function textOf(file: string): Promise<string | null> {
  let bytes: Uint8Array;
  try {
    const facts = await stat(file); // before it is opened: to open a pipe may wait for ever
    if (!facts.isFile()) throw new UnreadableFileError(`${file} is no file.`);
    if (facts.size > MOST_BYTES)
      throw new UnreadableFileError(`${file} has ${facts.size} bytes; such files have at most ${MOST_BYTES}.`);
    bytes = await readFile(file);
  } catch (cause) {
    if (cause instanceof UnreadableFileError) throw cause;
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown reason';
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new UnreadableFileError(`${file} cannot be read (${code}).`, { cause });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new UnreadableFileError(`${file} is no text in UTF-8.`, { cause });
  }
}
