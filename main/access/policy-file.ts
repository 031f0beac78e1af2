/** `policy.json`: who may come in by Keystone, and what is ruled. An administrator writes it by hand; changes hold at once. */
import { readFile } from 'node:fs/promises';
import * as path from 'node:path';
import { z } from 'zod';
import { Policy } from '../shared/access.ts';
import { refused } from '../store/errors.ts';
import { FreshFile } from './fresh-file.ts';
import { PolicyDamagedError } from './errors.ts';

const none: Policy = Policy.parse({ schemaVersion: 1 });

export class PolicyFile {
  readonly #fresh: FreshFile<Policy>;

  constructor(dataDir: string) {
    const file = path.join(dataDir, 'policy.json');
    this.#fresh = new FreshFile(file, async () => await read(file));
  }

  /** No rules and no Keystone where there is no file. @throws PolicyDamagedError */
  async get(): Promise<Policy> {
    return await this.#fresh.get();
  }
}

async function read(file: string): Promise<Policy> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return none;
    throw refused('read', file, error);
  }
  try {
    return Policy.parse(JSON.parse(text));
  } catch (cause) {
    throw new PolicyDamagedError(`“${file}” is not a policy. ${wordsOf(cause)}`, { cause });
  }
}

const wordsOf = (error: unknown): string =>
  error instanceof z.ZodError
    ? error.issues.map(({ path: at, message }) => `${at.join('.')}: ${message}`).join('; ')
    : 'It is no JSON.';
