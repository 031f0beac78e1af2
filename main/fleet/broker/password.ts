/** The password of the broker's user, from a file of one line. */
import { readFile } from 'node:fs/promises';
import { BrokerPasswordFileError } from './errors.ts';

/** Read anew for each connection, so that one that was changed needs no restart. @throws BrokerPasswordFileError */
export async function passwordIn(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new BrokerPasswordFileError(
      `The file with the broker’s password, “${file}”, cannot be read (${cause.code ?? 'unknown reason'}).`,
      { cause },
    );
  });
  const password = text.replace(/\r?\n$/, '');
  if (password === '') throw new BrokerPasswordFileError(`The file with the broker’s password, “${file}”, is empty.`);
  return password;
}
