/** `api-token`: the token of whoever may read the data folder. Made at the first start, an administrator's. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as path from 'node:path';
import { GutsError } from '../shared/errors.ts';
import { isThere, writeDurably } from '../store/durable-file.ts';
import { refused } from '../store/errors.ts';
import { asOnlyWriter } from '../store/writer-lock.ts';

export class LocalTokenError extends GutsError {
  readonly code = 'access.local-token';
  readonly remedy = 'Remove the file and start Guts again: it makes a new one.';
}

export const localTokenFile = (dataDir: string): string => path.join(dataDir, 'api-token');

/** 256 bits that nobody guesses, recognisable where they turn up by accident. */
export const newToken = (): string => `guts_${randomBytes(32).toString('base64url')}`;
const TOKEN = /^guts_[A-Za-z0-9_-]{43}$/;

/** Makes the file where there is none; what is there stays. */
export async function makeLocalToken(dataDir: string): Promise<void> {
  const file = localTokenFile(dataDir);
  await asOnlyWriter(dataDir, async () => {
    if (await isThere(file)) return;
    try {
      await writeDurably(file, `${newToken()}\n`, false);
    } catch (error) {
      throw refused('written', file, error);
    }
  });
}

/** Null where there is none. @throws LocalTokenError when it is not what Guts wrote */
export async function readLocalToken(dataDir: string): Promise<string | null> {
  const file = localTokenFile(dataDir);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw refused('read', file, error);
  }
  const token = text.trim();
  if (!TOKEN.test(token)) throw new LocalTokenError(`“${file}” holds no token of Guts.`);
  return token;
}
