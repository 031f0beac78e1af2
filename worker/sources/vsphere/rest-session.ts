/** A session with vCenter's REST interface, of either generation, for what the SDK does not tell; it is ended when disposed. */
import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import type { SourceSignIn } from '../../../main/shared/connections.ts';
import { StrangeAnswerError } from '../../net/errors.ts';
import { NoRestError, RestRefusedError } from './errors.ts';
import { withRetries } from './retry.ts';
import type { Transport } from './transport.ts';
import { compare } from './version.ts';

/** Since 7.0 Update 2 there is `/api`, beside it and before it `/rest`, which wraps every answer. */
interface Generation {
  readonly session: string;
  /** Below it `tag`, `category`, `tag-association`. */
  readonly tagging: string;
  /** What comes between a kind and an id in a path. */
  readonly byId: string;
  readonly action: string;
  unwrap(answer: unknown): unknown;
}
const API: Generation = {
  session: '/api/session',
  tagging: '/api/cis/tagging',
  byId: '/',
  action: '?action=',
  unwrap: (answer) => answer,
};
const Wrapped = z.object({ value: z.unknown() });
const REST: Generation = {
  session: '/rest/com/vmware/cis/session',
  tagging: '/rest/com/vmware/cis/tagging',
  byId: '/id:',
  action: '?~action=',
  unwrap: (answer) => Wrapped.safeParse(answer).data?.value,
};
/** It goes into a header as it is. */
const Token = z.string().regex(/^[\x21-\x7e]+$/);
const OLDEST_API = '7.0';
/** How servers say that they know no such address: those before `/api` had another service there. */
const UNKNOWN = new Set([400, 404, 405]);
const LOGOUT_TIMEOUT_MS = 5000;

interface Question {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: unknown;
}

export class RestSession implements AsyncDisposable {
  readonly #transport: Transport;
  readonly #generation: Generation;
  readonly #signIn: SourceSignIn;
  readonly #signal: AbortSignal;
  #token: string;
  #renewing: Promise<void> | null = null;

  private constructor(parts: {
    readonly transport: Transport;
    readonly generation: Generation;
    readonly signIn: SourceSignIn;
    readonly signal: AbortSignal;
    readonly token: string;
  }) {
    this.#transport = parts.transport;
    this.#generation = parts.generation;
    this.#signIn = parts.signIn;
    this.#signal = parts.signal;
    this.#token = parts.token;
  }

  /**
   * Signs in, with the newest generation that is there.
   * @param transport goes with the session
   * @param signal of everything that is asked in it
   * @throws NoRestError, RestRefusedError, and why the server cannot be reached
   */
  static async open(
    transport: Transport,
    signIn: SourceSignIn,
    apiVersion: string,
    signal: AbortSignal,
  ): Promise<RestSession> {
    try {
      const generations = compare(apiVersion, OLDEST_API) < 0 ? [REST] : [API, REST];
      for (const generation of generations) {
        const token = await tokenOf(transport, generation, signIn, signal);
        if (token !== null) return new RestSession({ transport, generation, signIn, signal, token });
      }
      throw new NoRestError(transport.name);
    } catch (error) {
      transport[Symbol.dispose]();
      throw error;
    }
  }

  /** Everything of a kind, by id. @throws as `post` */
  async list<T>(kind: 'tag', schema: z.ZodType<T>): Promise<T> {
    return await this.#ask({ method: 'GET', path: `${this.#generation.tagging}/${kind}` }, schema);
  }

  /** @throws as `post` */
  async get<T>(kind: 'tag' | 'category', id: string, schema: z.ZodType<T>): Promise<T> {
    const { tagging, byId } = this.#generation;
    const escaped = encodeURIComponent(id).replaceAll('%3A', ':'); // urn:vmomi:… as the server writes it
    return await this.#ask({ method: 'GET', path: `${tagging}/${kind}${byId}${escaped}` }, schema);
  }

  /**
   * An action that changes nothing.
   * @throws RestRefusedError also where something was named that is not there, NoRestError, StrangeAnswerError …
   */
  async post<T>(kind: 'tag-association', action: string, body: unknown, schema: z.ZodType<T>): Promise<T> {
    const path = `${this.#generation.tagging}/${kind}${this.#generation.action}${action}`;
    return await this.#ask({ method: 'POST', path, body }, schema);
  }

  /** Ends it, as far as that is possible. */
  async [Symbol.asyncDispose](): Promise<void> {
    const signal = AbortSignal.timeout(LOGOUT_TIMEOUT_MS);
    const headers = { 'vmware-api-session-id': this.#token };
    try {
      const how = { cookie: null, onFresh: false, signal };
      const response = await this.#transport.send(this.#generation.session, null, how, headers, 'DELETE');
      await this.#transport.text(response, signal);
    } catch {
      // A server that is gone ends the session by itself.
    } finally {
      this.#transport[Symbol.dispose]();
    }
  }

  async #ask<T>(question: Question, schema: z.ZodType<T>): Promise<T> {
    const transport = this.#transport;
    const text = await withRetries('always', this.#signal, async () => {
      const token = this.#token;
      const answer = await this.#send(question, token);
      if (answer.response.statusCode !== 401 || isForbidden(answer)) return textOf(transport, answer, this.#signIn);
      if (this.#token === token) await this.#renew(); // else somebody else has noticed before
      return textOf(transport, await this.#send(question, this.#token), this.#signIn);
    });
    const answer = parsed(text);
    const { success, data } = schema.safeParse(this.#generation.unwrap(answer));
    if (!success) throw new StrangeAnswerError(`${transport.name} answers ${question.path} with something else.`);
    return data;
  }

  async #send({ method, path, body }: Question, token: string): Promise<Answer> {
    const headers = { 'vmware-api-session-id': token, 'Content-Type': 'application/json' };
    const text = body === undefined ? null : JSON.stringify(body);
    const how = { cookie: null, onFresh: false, signal: this.#signal };
    const response = await this.#transport.send(path, text, how, headers, method);
    return { response, text: await this.#transport.text(response, this.#signal) };
  }

  /** Signs in again, once for all who ask at the same time. */
  async #renew(): Promise<void> {
    this.#renewing ??= tokenOf(this.#transport, this.#generation, this.#signIn, this.#signal)
      .then((token) => {
        if (token === null) throw new NoRestError(this.#transport.name);
        this.#token = token;
      })
      .finally(() => {
        this.#renewing = null;
      });
    await this.#renewing;
  }
}

interface Answer {
  readonly response: IncomingMessage;
  readonly text: string;
}

/** Null where the server knows no such generation. */
async function tokenOf(
  transport: Transport,
  { session, unwrap }: Generation,
  { connection, secret }: SourceSignIn,
  signal: AbortSignal,
): Promise<string | null> {
  const known = Buffer.from(`${connection.userName}:${secret}`).toString('base64');
  const headers = { Authorization: `Basic ${known}`, 'Content-Type': 'application/json' };
  const answer = await withRetries('answered', signal, async () => {
    const response = await transport.send(session, '', { cookie: null, onFresh: true, signal }, headers);
    const text = await transport.text(response, signal);
    if (UNKNOWN.has(response.statusCode ?? 0)) return null;
    return textOf(transport, { response, text }, { connection, secret });
  });
  if (answer === null) return null;
  const token = Token.safeParse(unwrap(parsed(answer))).data;
  if (token === undefined) throw new StrangeAnswerError(`${transport.name} signs in over REST, but gives no session.`);
  return token;
}

/** @throws what an answer means that is none */
function textOf(transport: Transport, answer: Answer, { connection }: SourceSignIn): string {
  const { statusCode = 0 } = answer.response;
  if (statusCode >= 200 && statusCode < 300) return answer.text;
  if ([401, 403, 404].includes(statusCode)) throw new RestRefusedError(transport.name, connection.userName, statusCode);
  throw transport.refusal(answer.response);
}

/** `/rest` may say with 401 too that something is not allowed; a session that has ended is `unauthenticated`. */
function isForbidden({ text }: Answer): boolean {
  return /\bunauthorized\b/i.test(text);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // no schema takes it
  }
}
