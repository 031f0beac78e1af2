/** A Guts server as a set of typed calls: over the network, from its own page, or in the same process without a network. */
import { z } from 'zod';
import { RemoteError } from '../errors.ts';
import { GutsEvent, type NumberedEvent } from '../events.ts';
import {
  isMaking,
  operations,
  type InputOf,
  type Operation,
  type OperationName,
  type OutputOf,
} from '../operations.ts';
import { mediaTypes, type ReportFormat } from '../report-formats.ts';
import { explained, ServerSilentError, StrangeServerError } from './client-errors.ts';
import { eventBlocks, type EventBlock } from './event-lines.ts';
import { ProblemShape } from './problem-shape.ts';
import { UploadedFile } from '../uploads.ts';
import { EVENTS_PATH, EVENTS_TYPE, FILES_PATH, JSON_TYPE } from './words.ts';

/** The global `fetch`, or the `fetch` of an app in the same process. */
export type Fetch = (request: Request) => Promise<Response>;

export interface ClientOptions {
  /** `http://127.0.0.1:7000`; only for the looks in the same process. */
  readonly baseUrl: string;
  readonly token?: string | null;
  /** How long an answer may take. Reading 10,000 machines anew takes minutes. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 15 * 60_000;
/** The server says something at least every 15 seconds. */
const SILENT_MS = 45_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;

/** Operations whose answers come in pages. */
export type PagedName = {
  [K in OperationName]: OutputOf<K> extends { next: string | null } ? K : never;
}[OperationName];
type RowsIn<O> = { [F in keyof O]: O[F] extends readonly (infer Row)[] ? Row : never }[keyof O];
export type RowOf<K extends PagedName> = RowsIn<OutputOf<K>>;

const Told = z.object({ id: z.string(), at: z.string(), event: GutsEvent });

export class ApiClient {
  readonly #fetch: Fetch;
  readonly #baseUrl: string;
  readonly #token: string | null;
  readonly #timeoutMs: number;

  constructor(fetch: Fetch, { baseUrl, token = null, timeoutMs = TIMEOUT_MS }: ClientOptions) {
    this.#fetch = fetch;
    this.#baseUrl = baseUrl.replace(/\/+$/, '');
    this.#token = token;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * @throws RemoteError with the server's own words; ServerUnreachableError, AnswerLostError, ServerSilentError,
   *   StrangeServerError, UntrustedServerError; or the signal's reason
   */
  async call<K extends OperationName>(name: K, input: InputOf<K>, signal?: AbortSignal): Promise<OutputOf<K>> {
    const operation: Operation = operations[name];
    const { path, rest } = placed(operation.path, input);
    const isQuery = operation.method === 'GET' || operation.method === 'DELETE';
    const answer = await this.#ask(
      `${path}${isQuery ? queryOf(rest) : ''}`,
      {
        method: operation.method,
        headers: {
          accept: JSON_TYPE,
          ...(isQuery ? {} : { 'content-type': JSON_TYPE }),
          // Sent twice for whatever reason, it is done once; of the others the server keeps no answers.
          ...(isMaking(operation) ? { 'idempotency-key': newKey() } : {}),
        },
        ...(isQuery ? {} : { body: JSON.stringify(rest) }),
      },
      signal,
    );
    const parsed = operation.output.safeParse(answer);
    if (!parsed.success)
      throw new StrangeServerError(`${this.#baseUrl} answers “${name}” in another way than this Guts knows.`, {
        cause: parsed.error,
      });
    return parsed.data as OutputOf<K>; // parsed by the schema of that name
  }

  /** The answer as a file in one of its other forms, as it comes. @throws as `call` */
  async file<K extends OperationName>(
    name: K,
    input: InputOf<K>,
    format: ReportFormat,
    signal?: AbortSignal,
  ): Promise<Blob> {
    const { method, path: pattern }: Operation = operations[name];
    const { path, rest } = placed(pattern, input);
    const isQuery = method === 'GET' || method === 'DELETE';
    const form = format === 'json' ? {} : { format }; // which everything has, and not everything else
    return await this.#asked(
      `${path}${queryOf(isQuery ? { ...rest, ...form } : form)}`,
      {
        method,
        headers: {
          accept: `${mediaTypes[format]}, ${JSON_TYPE};q=0.1`,
          ...(isQuery ? {} : { 'content-type': JSON_TYPE }),
        },
        ...(isQuery ? {} : { body: JSON.stringify(rest) }),
      },
      async (response) => await response.blob(),
      signal,
    );
  }

  /** Sends a file, to be named in what is asked next. @throws as `call` */
  async upload(name: string, content: Blob | Uint8Array<ArrayBuffer>, signal?: AbortSignal): Promise<UploadedFile> {
    const answer = await this.#ask(
      `${FILES_PATH}${queryOf({ name })}`,
      {
        method: 'POST',
        headers: { accept: JSON_TYPE, 'content-type': 'application/octet-stream' },
        body: content,
      },
      signal,
    );
    const parsed = UploadedFile.safeParse(answer);
    if (!parsed.success)
      throw new StrangeServerError(`${this.#baseUrl} answers a file in another way than this Guts knows.`, {
        cause: parsed.error,
      });
    return parsed.data;
  }

  /** Every row of every page. The pages are asked for as they are needed. */
  async *all<K extends PagedName>(name: K, input: InputOf<K>, signal?: AbortSignal): AsyncGenerator<RowOf<K>> {
    let marker: string | null = null;
    do {
      const page: OutputOf<K> = await this.call(name, { ...input, ...(marker === null ? {} : { marker }) }, signal);
      const { next, ...lists } = page as { next: string | null }; // what makes a name a PagedName
      // The only list of it; a page may also say how many there are.
      for (const list of Object.values(lists)) if (Array.isArray(list)) yield* list as RowOf<K>[];
      marker = next;
    } while (marker !== null);
  }

  /**
   * What happens, as it happens, until the signal aborts. A connection that breaks is made anew, and goes on where it was.
   * @param lastId the id of the last event that is known already
   * @throws RemoteError where the server does not let it listen
   */
  async *events(lastId?: string, signal?: AbortSignal): AsyncGenerator<NumberedEvent> {
    let last = lastId;
    let pauseMs = FIRST_PAUSE_MS;
    const isOver = (): boolean => signal?.aborted === true;
    while (!isOver()) {
      try {
        for await (const block of this.#listen(last, signal)) {
          pauseMs = FIRST_PAUSE_MS;
          last = block.id ?? last;
          if (block.data !== null) {
            const told = Told.safeParse(parsedJson(block.data));
            if (told.success) yield told.data; // an event that only a newer Guts knows is left out
          }
        }
      } catch (error) {
        if (isOver()) return;
        if (error instanceof RemoteError && !error.retryable) throw error;
      }
      await pause(pauseMs, signal);
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    }
  }

  async *#listen(last: string | undefined, signal: AbortSignal | undefined): AsyncGenerator<EventBlock> {
    const silence = new AbortController();
    const stop = signal === undefined ? silence.signal : AbortSignal.any([signal, silence.signal]);
    const wait = (): ReturnType<typeof setTimeout> => setTimeout(() => silence.abort(), SILENT_MS);
    let timer = wait();
    try {
      const headers: Record<string, string> = { ...this.#headers(), accept: EVENTS_TYPE };
      if (last !== undefined) headers['last-event-id'] = last;
      const response = await this.#fetch(
        new Request(this.#baseUrl + EVENTS_PATH, { headers, redirect: 'manual', signal: stop }),
      );
      if (response.status !== 200 || response.body === null) throw await this.#refusal(response);
      for await (const block of eventBlocks(response.body, stop)) {
        clearTimeout(timer);
        timer = wait(); // a page's timers are numbers, and cannot be refreshed
        yield block;
      }
    } finally {
      clearTimeout(timer);
      silence.abort(); // whoever stops listening has gone
    }
  }

  async #ask(path: string, init: RequestInit, signal?: AbortSignal): Promise<unknown> {
    return await this.#asked(path, init, async (response) => parsedJson(await response.text()), signal);
  }

  async #asked<T>(
    path: string,
    init: RequestInit,
    read: (response: Response) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    const late = AbortSignal.timeout(this.#timeoutMs);
    const stop = signal === undefined ? late : AbortSignal.any([signal, late]);
    try {
      const headers = { ...this.#headers(), ...init.headers };
      const request = new Request(this.#baseUrl + path, { ...init, headers, redirect: 'manual', signal: stop });
      const response = await until(stop, this.#fetch(request));
      if (!response.ok) throw await this.#refusal(response);
      return await until(stop, read(response));
    } catch (error) {
      signal?.throwIfAborted();
      if (late.aborted) throw new ServerSilentError(this.#baseUrl, this.#timeoutMs / 1000);
      throw explained(error, this.#baseUrl);
    }
  }

  #headers(): Record<string, string> {
    return this.#token === null ? {} : { authorization: `Bearer ${this.#token}` };
  }

  /** The server's own words where it has some. */
  async #refusal(response: Response): Promise<Error> {
    const problem = ProblemShape.safeParse(parsedJson(await response.text()));
    if (problem.success) return new RemoteError({ ...problem.data, message: problem.data.detail });
    return new StrangeServerError(`${this.#baseUrl} answers with status ${response.status} and not as Guts does.`);
  }
}

/** Never the same twice; nobody has to be kept from guessing it. */
const newKey = (): string =>
  [Date.now(), ...Array.from({ length: 3 }, () => Math.random() * 2 ** 48)]
    .map((number) => Math.floor(number).toString(36))
    .join('-');

/** Ends early where the signal aborts. */
async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted === true) return;
  await new Promise<void>((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener('abort', end, { once: true });
  });
}

/** An app in the same process goes on with what was asked, as one far away does: nobody waits for it any more. */
async function until<T>(stop: AbortSignal, work: Promise<T>): Promise<T> {
  return await new Promise<T>((resolve, reject) => {
    const giveUp = (): void => reject(stop.reason);
    if (stop.aborted) giveUp();
    stop.addEventListener('abort', giveUp, { once: true });
    void work.then(resolve, reject).finally(() => stop.removeEventListener('abort', giveUp));
  });
}

/** Puts the fields that stand in the path there. */
function placed(pattern: string, input: object): { path: string; rest: Record<string, unknown> } {
  const rest: Record<string, unknown> = { ...input };
  const path = pattern.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = encodeURIComponent(String(rest[name]));
    delete rest[name];
    return value;
  });
  return { path, rest };
}

function queryOf(fields: Readonly<Record<string, unknown>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) query.append(name, String(one));
  }
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

/** Undefined, which no schema takes, for what is not JSON. */
function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
