/** How requests find their handler, and how answers and refusals are written: the part that all services share. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import type { z } from 'zod';
import { answeredByFault, FaultyBytes, type FaultBook, type FaultRule } from '../faults.ts';

/** Who a token stands for. */
export interface SignedIn {
  readonly userId: string;
  readonly userName: string;
  readonly projectId: string;
  readonly projectName: string;
  readonly roles: readonly string[];
  readonly isAdmin: boolean;
  /** A reader may look at things and change none. */
  readonly mayWrite: boolean;
}

export interface Call {
  readonly method: string;
  /** Below the service's own address. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly who: SignedIn;
  /** The service's address, for links. */
  readonly base: string;
  /** The minor number of the microversion that was asked for; the service's oldest without one. */
  readonly minor: number;
  /** What this request was told to suffer; `http`, `delay`, `drop` and `garbage` have happened already. */
  readonly faults: readonly FaultRule[];
  param(name: string): string;
  /** @throws Refusal 400 */
  json<T>(schema: z.ZodType<T>): Promise<T>;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Instead of `body`. */
  readonly stream?: Readable;
}

export type Handler = (call: Call) => Promise<Answer> | Answer;
export interface Route {
  readonly method: string;
  readonly pattern: string;
  readonly handle: Handler;
  /** Answers without a token. */
  readonly isOpen?: boolean;
}

export interface Service {
  readonly prefix: string;
  readonly routes: readonly Route[];
  /** Headers that carry the request's id. */
  readonly idHeaders: readonly string[];
  /** The service's own way to say no. */
  refuse(refusal: Refusal, request: IncomingMessage): Answer;
  /** The microversion that the request asks for. @throws Refusal 406 */
  minorOf?(request: IncomingMessage): number;
  /** Headers of every answer. */
  headers?(minor: number): Record<string, string>;
}

/** A request that is turned down; `kind` is the service's own word for it where it has one. */
export class Refusal extends Error {
  readonly status: number;
  readonly kind: string | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, kind?: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.kind = kind;
    this.headers = headers;
  }
}

const MOST_JSON_BYTES = 1024 * 1024;

export const on = (method: string, pattern: string, handle: Handler): Route => ({ method, pattern, handle });
export const open = (method: string, pattern: string, handle: Handler): Route => ({
  method,
  pattern,
  handle,
  isOpen: true,
});

/** What all services have in common. */
export interface Front {
  readonly services: readonly Service[];
  /** Their `where` is the prefix without its slash, what they match is `PUT /v2/images/…`, query included. */
  readonly faults: FaultBook;
  baseUrl(): string;
  authenticate(request: IncomingMessage): SignedIn | null;
  /** Every token ends now. */
  expireTokens(): void;
}

/** Answers one request by the service whose prefix its path has. */
export async function answer(front: Front, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { services } = front;
  const baseUrl = front.baseUrl();
  const url = new URL(request.url ?? '/', baseUrl);
  const service = services.find(({ prefix }) => url.pathname === prefix || url.pathname.startsWith(`${prefix}/`));
  if (service === undefined) {
    await write(response, { status: 404, body: { error: { code: 404, message: 'No service is at this path.' } } }, {});
    return;
  }
  const asked = url.pathname.slice(service.prefix.length) + url.search;
  const faults = front.faults.match(service.prefix.slice(1), `${request.method ?? 'GET'} ${asked}`);
  if (await answeredByFault(faults, response)) return;
  if (faults.some(({ kind, afterBytes }) => kind === 'expire' && afterBytes === 0)) front.expireTokens();
  const requestId = `req-${randomUUID()}`;
  const headers: Record<string, string> = Object.fromEntries(service.idHeaders.map((name) => [name, requestId]));
  let result: Answer;
  try {
    const minor = service.minorOf?.(request) ?? 0;
    Object.assign(headers, service.headers?.(minor));
    const denied = faults.find(({ kind }) => kind === 'deny');
    if (denied !== undefined) throw new Refusal(403, denied.message);
    result = await handled(service, front, { url, minor, base: baseUrl + service.prefix, request, response, faults });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    result = service.refuse(error, request);
  }
  if (!response.destroyed) await write(response, result, headers, faults);
}

interface Arrived extends Pick<Call, 'base' | 'minor' | 'request' | 'response' | 'faults'> {
  readonly url: URL;
}

async function handled(service: Service, front: Front, { url, ...arrived }: Arrived): Promise<Answer> {
  const method = arrived.request.method ?? 'GET';
  const path = url.pathname.slice(service.prefix.length).replace(/(?<=.)\/$/, '') || '/';
  const who = front.authenticate(arrived.request);
  let isKnownPath = false;
  for (const route of service.routes) {
    const params = match(route.pattern, path);
    if (params === null) continue;
    isKnownPath = true;
    if (route.method !== method) continue;
    if (who === null && route.isOpen !== true)
      throw new Refusal(401, 'The request you have made requires authentication.');
    return await route.handle({
      ...arrived,
      method,
      path,
      query: url.searchParams,
      who: who ?? NOBODY,
      param: (name) => params[name] ?? '',
      json: async (schema) => parse(await readBody(arrived.request), schema),
    });
  }
  if (who === null) throw new Refusal(401, 'The request you have made requires authentication.');
  throw isKnownPath
    ? new Refusal(405, 'The method specified is not allowed for this resource.')
    : new Refusal(404, 'The resource could not be found.');
}

const NOBODY: SignedIn = {
  userId: '',
  userName: '',
  projectId: '',
  projectName: '',
  roles: [],
  isAdmin: false,
  mayWrite: false,
};

/** `/v2/images/:id` against a path. */
function match(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [index, piece] of wanted.entries()) {
    const actual = given[index] ?? '';
    if (piece.startsWith(':')) params[piece.slice(1)] = safelyDecoded(actual);
    else if (piece !== actual) return null;
  }
  return params;
}

function safelyDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    length += piece.byteLength;
    if (length > MOST_JSON_BYTES) throw new Refusal(413, 'The body of the request is too large.');
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

function parse<T>(text: string, schema: z.ZodType<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refusal(400, 'Malformed request body');
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  if (issue?.code === 'unrecognized_keys') {
    const keys = issue.keys.map((key) => `'${key}'`).join(', ');
    throw new Refusal(400, `Additional properties are not allowed (${keys} was unexpected)`);
  }
  throw new Refusal(400, `Invalid input for field/attribute ${issue?.path.join('.') ?? ''}. ${issue?.message ?? ''}`);
}

async function write(
  response: ServerResponse,
  { status, body, stream, headers: own }: Answer,
  common: Record<string, string>,
  faults: readonly FaultRule[] = [],
): Promise<void> {
  const headers: Record<string, string> = { ...common, ...own };
  if (stream === undefined && body === undefined) {
    response.writeHead(status, status === 204 ? headers : { ...headers, 'content-length': '0' }).end();
    return;
  }
  const isText = typeof body === 'string';
  const bytes = Buffer.from(isText ? body : (JSON.stringify(body) ?? ''));
  if (stream === undefined) {
    headers['content-type'] ??= isText ? 'text/html; charset=UTF-8' : 'application/json';
    headers['content-length'] = String(bytes.byteLength);
  }
  const way = new FaultyBytes(faults);
  response.writeHead(status, headers);
  try {
    for await (const piece of (stream ?? [bytes]) as AsyncIterable<Buffer>) {
      if (!(await way.send(response, piece))) return;
    }
    response.end();
  } catch {
    response.destroy(); // the file went away while it was read
  }
}
