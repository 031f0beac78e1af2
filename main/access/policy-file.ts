/** `policy.json`: who may come in by Keystone, and what is ruled. An administrator writes it by hand; changes hold at once. */
import { z } from 'zod';
import { Policy } from '../shared/access.ts';
import type { Documents, StateText } from '../store/documents.ts';
import { Fresh } from './fresh.ts';
import { PolicyDamagedError } from './errors.ts';

const none: Policy = Policy.parse({ schemaVersion: 1 });

export class PolicyFile {
  readonly #fresh: Fresh<Policy>;

  constructor(documents: Documents) {
    const text = documents.text('policy.json');
    this.#fresh = new Fresh(
      async () => await text.mark(),
      async () => await read(text),
    );
  }

  /** No rules and no Keystone where there is no file. @throws PolicyDamagedError */
  async get(): Promise<Policy> {
    return await this.#fresh.get();
  }
}

async function read(from: StateText): Promise<Policy> {
  const text = await from.read();
  return text === null ? none : policyOf(from.place, text);
}

/** @param place for messages @throws PolicyDamagedError */
export function policyOf(place: string, text: string): Policy {
  try {
    return Policy.parse(JSON.parse(text));
  } catch (cause) {
    throw new PolicyDamagedError(`“${place}” is not a policy. ${wordsOf(cause)}`, { cause });
  }
}

const wordsOf = (error: unknown): string =>
  error instanceof z.ZodError
    ? error.issues.map(({ path: at, message }) => `${at.join('.')}: ${message}`).join('; ')
    : 'It is no JSON.';
