/** A file with the certificates of authorities. */
import { readFile } from 'node:fs/promises';
import { GutsError } from '../shared/errors.ts';

class CaFileError extends GutsError {
  readonly code = 'net.ca-file';
  readonly remedy = 'Give a file with certificates in PEM: blocks that begin with -----BEGIN CERTIFICATE-----.';
}

/** @throws CaFileError */
export async function pemIn(file: string): Promise<string> {
  const pem = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new CaFileError(`The file “${file}” cannot be read (${cause.code ?? 'unknown reason'}).`, { cause });
  });
  if (!pem.includes('-----BEGIN CERTIFICATE-----')) throw new CaFileError(`“${file}” holds no certificate in PEM.`);
  return pem;
}
