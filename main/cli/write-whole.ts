/** Writes a file that has its name only when all of it is on the disk. */
import { link, open, rename, unlink } from 'node:fs/promises';
import * as path from 'node:path';
import { GutsError } from '../shared/errors.ts';
import { UnwrittenFileError } from '../shared/file-errors.ts';
import { reportPart } from '../shared/demo.ts';

/**
 * @param mayReplace a file that is there already
 * @param mode who may read it, as far as the process lets others at all
 * @throws UnwrittenFileError; then the name is as it was before
 */
export async function writeWhole(
  file: string,
  content: string | Uint8Array | AsyncIterable<string>,
  mayReplace: boolean,
  mode = 0o666,
): Promise<void> {
  const part = path.join(path.dirname(file), reportPart(path.basename(file)));
  try {
    const handle = await open(part, 'w', mode);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (mayReplace) await rename(part, file);
    else {
      await link(part, file); // which, other than a rename, replaces nothing
      await unlink(part);
    }
  } catch (error) {
    await unlink(part).catch(() => {}); // it may never have come to be
    if (error instanceof GutsError) throw error; // whoever makes the content has failed
    throw new UnwrittenFileError(file, error as NodeJS.ErrnoException); // the file system throws nothing else
  }
}
