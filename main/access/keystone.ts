/** Asks the Keystone of a destination whether a token is good and whose it is; nothing is taken on trust, and little remembered. */
import axios from 'axios';
import { z } from 'zod';
import type { DestinationConnection } from '../shared/connections.ts';
import { GutsError } from '../shared/errors.ts';
import { KeystoneSilentError, TokenRefusedError } from './errors.ts';
import { hashOf } from './token-store.ts';
import { TrustedAgent } from './trusted-agent.ts';

export interface KeystoneUser {
  readonly name: string;
  readonly domain: string;
  /** Null where the token is for no project. */
  readonly project: { readonly id: string; readonly name: string } | null;
  readonly roles: readonly string[];
}

const Told = z.object({
  token: z.object({
    expires_at: z.iso.datetime({ offset: true }),
    user: z.object({ name: z.string(), domain: z.object({ name: z.string() }) }),
    project: z.object({ id: z.string(), name: z.string() }).optional(),
    roles: z.array(z.object({ name: z.string() })).default([]),
  }),
});

const ANSWER_TIMEOUT_MS = 20_000;
const MOST_ANSWER_BYTES = 2 ** 20;
const MOST_KNOWN = 1000;
/** What may stand in a header; Fernet tokens have some 200 letters, and those with many roles a few thousand. */
const TOKEN = /^[\x21-\x7e]{1,8192}$/;

interface Known {
  readonly user: Promise<KeystoneUser>;
  untilMs: number;
}

export class Keystone implements Disposable {
  readonly #url: string;
  readonly #agent: TrustedAgent;
  readonly #now: () => number;
  /** By the token's hash: this memory holds no token longer than a question takes. */
  readonly #known = new Map<string, Known>();

  constructor({ authUrl, trust, proxy }: DestinationConnection, now: () => number = Date.now) {
    this.#url = `${versioned(authUrl)}/auth/tokens?nocatalog`;
    this.#agent = new TrustedAgent(trust, proxy);
    this.#now = now;
  }

  /** Whether `find` would answer without asking. */
  knows(token: string): boolean {
    return (this.#known.get(keyOf(token))?.untilMs ?? 0) > this.#now();
  }

  /**
   * Whose the token is. What Keystone said holds for `cacheSeconds`, and never longer than the token.
   * @throws TokenRefusedError, KeystoneSilentError, UntrustedPeerError
   */
  async find(token: string, cacheSeconds: number): Promise<KeystoneUser> {
    if (!TOKEN.test(token)) throw new TokenRefusedError();
    const key = keyOf(token);
    const known = this.#known.get(key);
    if (known !== undefined && known.untilMs > this.#now()) return await known.user;
    const began = this.#now();
    // Whoever comes with the same token meanwhile waits for the same answer.
    const fresh: Known = {
      user: this.#ask(token, (endsMs) => (fresh.untilMs = Math.min(endsMs, began + cacheSeconds * 1000))),
      untilMs: began + ANSWER_TIMEOUT_MS,
    };
    this.#known.set(key, fresh);
    for (const [oldest] of this.#known) if (this.#known.size > MOST_KNOWN) this.#known.delete(oldest);
    try {
      return await fresh.user;
    } catch (error) {
      if (this.#known.get(key) === fresh) this.#known.delete(key);
      throw error;
    }
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }

  async #ask(token: string, onGood: (endsMs: number) => void): Promise<KeystoneUser> {
    const { status, data } = await axios
      .request<string>({
        adapter: 'http',
        url: this.#url,
        // A user may always ask about a token of their own.
        headers: { Accept: 'application/json', 'User-Agent': 'guts', 'X-Auth-Token': token, 'X-Subject-Token': token },
        httpsAgent: this.#agent,
        proxy: false, // the connection's own is the agent's business, the environment's is nobody's
        maxRedirects: 0, // the token would go along
        maxContentLength: MOST_ANSWER_BYTES,
        responseType: 'text',
        transformResponse: [(text: unknown) => (typeof text === 'string' ? text : '')],
        validateStatus: () => true,
        timeout: ANSWER_TIMEOUT_MS,
      })
      .catch((error: unknown) => {
        throw explained(error, new URL(this.#url).host);
      });
    if (status === 401 || status === 403 || status === 404)
      throw new TokenRefusedError('Keystone does not know this token.');
    const told = status === 200 ? parsed(data) : undefined;
    if (told === undefined)
      throw new KeystoneSilentError(
        `Keystone at ${new URL(this.#url).host} answers ${status}, and not whose the token is.`,
      );
    const { expires_at, user, project, roles } = told.token;
    if (Date.parse(expires_at) <= this.#now()) throw new TokenRefusedError('The token has expired.');
    onGood(Date.parse(expires_at));
    return {
      name: user.name,
      domain: user.domain.name,
      project: project ?? null,
      roles: roles.map(({ name }) => name),
    };
  }
}

const keyOf = (token: string): string => hashOf(token).toString('base64');

function versioned(authUrl: string): string {
  const given = authUrl.replace(/[?#].*$/, '').replace(/\/+$/, '');
  return given.endsWith('/v3') ? given : `${given.replace(/\/v2\.0$/, '')}/v3`;
}

/** axios' own errors carry the question with its token: none of them goes on. */
function explained(error: unknown, host: string): Error {
  for (let at: unknown = error; at instanceof Error; at = at.cause) if (at instanceof GutsError) return at;
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
  return new KeystoneSilentError(`Keystone at ${host} cannot be asked whose the token is (${code}).`);
}

function parsed(text: string): z.infer<typeof Told> | undefined {
  try {
    return Told.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
