/** Where an assessment may be written: into folders that there are, not over what it reads or what is there. Looked at before anything is done. */
import { stat } from 'node:fs/promises';
import * as path from 'node:path';
import { GutsError } from '../shared/errors.ts';
import { UnwrittenFileError } from '../shared/file-errors.ts';

/** The report would take the place of the export that it is made of. */
class OutputIsInputError extends GutsError {
  readonly code = 'assess.output-is-input';
  readonly remedy = 'Name another file for the report (--output).';

  constructor(file: string) {
    super(`“${file}” is what is read: it is not replaced.`);
  }
}

/**
 * @param inputs files that are read, whichever way they are named
 * @param mayReplace what is there already
 * @throws OutputIsInputError, UnwrittenFileError
 */
export async function demandFreePlaces(
  inputs: readonly string[],
  outputs: readonly string[],
  mayReplace: boolean,
): Promise<void> {
  const read = new Set((await Promise.all(inputs.map(identityOf))).filter((one) => one !== null));
  for (const output of outputs) {
    await demandFolder(output);
    const identity = await identityOf(output);
    if (identity === null) continue;
    if (read.has(identity)) throw new OutputIsInputError(output);
    if (!mayReplace) throw new UnwrittenFileError(output, Object.assign(new Error('it is there'), { code: 'EEXIST' }));
  }
}

/** @throws UnwrittenFileError */
async function demandFolder(output: string): Promise<void> {
  const refusal = (code: string): UnwrittenFileError =>
    new UnwrittenFileError(output, Object.assign(new Error('no file can be there'), { code }));
  const folder = await stat(path.dirname(output)).catch((error: NodeJS.ErrnoException) => {
    throw refusal(error.code ?? 'EACCES');
  });
  if (!folder.isDirectory()) throw refusal('ENOTDIR');
  const there = await stat(output).catch(() => null);
  if (there?.isDirectory() === true) throw refusal('EISDIR');
}

/** The same of every name of a file, also through links; null where there is none. */
async function identityOf(file: string): Promise<string | null> {
  return await stat(file, { bigint: true }).then(
    ({ dev, ino }) => `${dev} ${ino}`,
    () => null, // whoever reads it says what is wrong
  );
}
