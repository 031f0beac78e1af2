/** `tokens.json`: who else may come in. Of a token itself only its SHA-256 is kept, which is enough to know it again. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { TokenFacts, TokenId, type Role } from '../shared/access.ts';
import { GutsError } from '../shared/errors.ts';
import { randomLetters } from '../store/connections.ts';
import { documentsAt } from '../store/document-files.ts';
import type { Documents, StateDocument } from '../store/documents.ts';
import { Fresh } from './fresh.ts';
import { newToken } from './local-token.ts';

const SCHEMA_VERSION = 1;
const MOST_TOKENS = 1000;
/** A token has 256 random bits: hashing it slowly, as passwords are, would make nothing harder. */
const KeptToken = TokenFacts.extend({ sha256: z.string().regex(/^[0-9a-f]{64}$/) });
const Document = z.object({ schemaVersion: z.literal(SCHEMA_VERSION), tokens: z.array(KeptToken) });
type Document = z.infer<typeof Document>;

export class TokenNameTakenError extends GutsError {
  readonly code = 'token.name-taken';
  readonly remedy = 'Choose another name, or delete that one first.';

  constructor(name: string) {
    super(`There is a token “${name}” already.`);
  }
}

export class UnknownTokenError extends GutsError {
  readonly code = 'token.unknown';
  readonly remedy = 'List the tokens and take the id of one of them.';

  constructor(id: string) {
    super(`There is no token “${id}”.`);
  }
}

export class TokenExpiryError extends GutsError {
  readonly code = 'token.expiry';
  readonly remedy = 'Give a moment in the future, or none for a token that does not end.';
}

export class TooManyTokensError extends GutsError {
  readonly code = 'token.too-many';
  readonly remedy = 'Delete those that nobody uses, or whose time is over.';

  constructor() {
    super(`There are ${MOST_TOKENS} tokens already.`);
  }
}

export class TokenStore {
  readonly #document: StateDocument<Document>;
  readonly #fresh: Fresh<readonly z.infer<typeof KeptToken>[]>;

  /** @param place a data folder, or what keeps the documents elsewhere */
  constructor(place: string | Documents) {
    const document = documentsAt(place).document<Document>({
      name: 'tokens.json',
      schema: Document,
      schemaVersion: SCHEMA_VERSION,
      keepsBackup: false, // no generation before: a token that was revoked must not come back with it
      empty: () => ({ schemaVersion: SCHEMA_VERSION, tokens: [] }),
    });
    this.#document = document;
    this.#fresh = new Fresh(
      async () => await document.mark(),
      async () => (await document.read()).tokens,
    );
  }

  async list(): Promise<TokenFacts[]> {
    return (await this.#fresh.get()).map((one) => TokenFacts.parse(one));
  }

  /** The token is told here, and never again. @throws TokenNameTakenError, TokenExpiryError, TooManyTokensError */
  async create(name: string, role: Role, expiresAt: string | null): Promise<TokenFacts & { readonly token: string }> {
    if (expiresAt !== null && Date.parse(expiresAt) <= Date.now())
      throw new TokenExpiryError(`${expiresAt} is in the past: the token would never be good.`);
    const token = newToken();
    const id = TokenId.parse(`tok_${randomLetters()}`);
    const facts = { id, name, role, createdAt: new Date().toISOString(), expiresAt };
    await this.#change((tokens) => {
      if (tokens.length >= MOST_TOKENS) throw new TooManyTokensError();
      const taken = tokens.find((one) => one.name.toLowerCase() === name.toLowerCase());
      if (taken !== undefined) throw new TokenNameTakenError(taken.name);
      tokens.push({ ...facts, sha256: hashOf(token).toString('hex') });
    });
    return { ...facts, token };
  }

  /** It is refused from then on. @throws UnknownTokenError */
  async delete(id: TokenId): Promise<void> {
    await this.#change((tokens) => {
      const at = tokens.findIndex((one) => one.id === id);
      if (at < 0) throw new UnknownTokenError(id);
      tokens.splice(at, 1);
    });
  }

  /** Whose token this is, expired or not; null where nobody's. Takes as long for every token. */
  async find(token: string): Promise<TokenFacts | null> {
    const hash = hashOf(token);
    let found: TokenFacts | null = null;
    for (const one of await this.#fresh.get())
      if (timingSafeEqual(hash, Buffer.from(one.sha256, 'hex'))) found = TokenFacts.parse(one);
    return found;
  }

  async #change(change: (tokens: Document['tokens']) => void): Promise<void> {
    await this.#document.change((data) => {
      change(data.tokens);
      return data;
    });
  }
}

export const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();
