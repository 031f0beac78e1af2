/** The key by which workers join, from a file of one line. */
import { readFile } from 'node:fs/promises';
import { GutsError } from '../shared/errors.ts';

class JoinKeyFileError extends GutsError {
  readonly code = 'worker.join-key';
  readonly remedy = 'Let the daemon’s machine write it (“guts node key -o FILE”), and bring the file here.';

  constructor(file: string, why: string, options?: ErrorOptions) {
    super(`The file with the join key, “${file}”, ${why}.`, options);
  }
}

export async function joinKeyFrom(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new JoinKeyFileError(file, `cannot be read (${cause.code ?? 'unknown reason'})`, { cause });
  });
  const key = text.trim();
  if (Buffer.from(key, 'base64').length !== 32) throw new JoinKeyFileError(file, 'holds none');
  return key;
}
