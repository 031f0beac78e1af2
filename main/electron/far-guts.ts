/** A Guts elsewhere while the window shows it: asked over the network, looked at again and again, waited for when it is out of reach. */
import { randomUUID } from 'node:crypto';
import { trustingFetch } from '../api/network-fetch.ts';
import { problemResponse } from '../api/problem.ts';
import { AnswerLostError, explained } from '../shared/client/client-errors.ts';
import type { Fetch } from '../shared/client/client.ts';
import type { EngineStatus } from '../shared/engine.ts';
import { OUT_OF_REACH, type EngineFacts, type KeptEngine, type Lost } from '../shared/engines.ts';
import { GutsError, toErrorInfo } from '../shared/errors.ts';
import { isRefusal, LOOK_PATIENCE_MS, lookAtEngine } from './engine-look.ts';
import { signed } from './signed.ts';

/** How often an engine is looked at that answers, and how the pauses grow before one that does not is tried again. */
export interface Pace {
  readonly lookEveryMs: number;
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
  /** How long a look may take. */
  readonly patienceMs: number;
}

const usual: Pace = { lookEveryMs: 10_000, firstPauseMs: 1000, longestPauseMs: 30_000, patienceMs: LOOK_PATIENCE_MS };

export interface FarGutsOptions {
  readonly engine: KeptEngine;
  /** @throws GutsError where none is known */
  readonly token: () => Promise<string>;
  readonly onChange: (status: EngineStatus) => void;
  readonly pace?: Pace;
}

class OutOfReachError extends GutsError {
  readonly code = OUT_OF_REACH;
  readonly remedy =
    'Nothing: Guts tries again by itself, and goes on from there. If it stays so, look at the network and whether Guts runs there.';
  override readonly retryable = true;

  constructor({ name, url }: KeptEngine, options?: ErrorOptions) {
    super(`“${name}” (${url}) is out of reach.`, options);
  }
}

export class FarGuts {
  readonly engine: KeptEngine;
  readonly #options: FarGutsOptions;
  readonly #pace: Pace;
  readonly #fetch: Fetch;
  readonly #over = new AbortController();
  #status: EngineStatus = { state: 'starting' };
  #token: string | null = null;
  /** Of the last look that got through. */
  #facts: EngineFacts | null = null;
  #lost: Lost | null = null;
  /** What is being asked: it ends when the engine is found to be out of reach, for it would hang for long. */
  readonly #asking = new Set<AbortController>();
  #isLooking = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pauseMs: number;

  constructor(options: FarGutsOptions) {
    this.engine = options.engine;
    this.#options = options;
    this.#pace = options.pace ?? usual;
    this.#pauseMs = this.#pace.firstPauseMs;
    this.#fetch = trustingFetch(options.engine.trust);
  }

  get status(): EngineStatus {
    return this.#status;
  }

  /** Looks at it now, whenever it would be looked at next. */
  look(): void {
    if (this.#over.signal.aborted) return;
    clearTimeout(this.#timer);
    if (this.#isLooking) return;
    this.#isLooking = true;
    void this.#look().finally(() => (this.#isLooking = false));
  }

  /** Answers what the page asks by REST, as whoever the token is of. */
  async fetch(request: Request): Promise<Response> {
    const instance = `urn:uuid:${randomUUID()}`;
    const { url } = this.engine;
    if (this.#facts === null || this.#lost !== null) return problemResponse(new OutOfReachError(this.engine), instance);
    const { pathname, search } = new URL(request.url);
    const own = new AbortController();
    const giveUp = (): void => own.abort(request.signal.reason);
    request.signal.addEventListener('abort', giveUp, { once: true });
    this.#asking.add(own);
    const end = (): void => {
      this.#asking.delete(own);
      request.signal.removeEventListener('abort', giveUp);
    };
    try {
      const answer = await this.#fetch(signed(request, url + pathname + search, this.#token, own.signal));
      if (answer.status === 401) this.look(); // its token was revoked, or has expired
      if (answer.body === null) end();
      return answer.body === null ? answer : new Response(this.#followed(answer.body, end), answer);
    } catch (error) {
      end();
      request.signal.throwIfAborted();
      this.look();
      return problemResponse(this.#told(request, explained(error, url), own.signal.aborted), instance);
    }
  }

  /** The window shows another; what is asked is given up. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#over.abort();
    this.#giveUp();
  }

  #giveUp(): void {
    for (const one of this.#asking) one.abort();
    this.#asking.clear();
  }

  /** What was only asked, or never came there, has changed nothing: it is the same as if it were asked now. */
  #told({ method }: Request, error: unknown, wasGivenUp: boolean): unknown {
    const mayBeDone = error instanceof AnswerLostError || wasGivenUp;
    if (method !== 'GET' && mayBeDone) return new AnswerLostError(this.engine.url, 'out of reach', error);
    return isRefusal(error) ? error : new OutOfReachError(this.engine, { cause: error });
  }

  /** The body as it comes; where it breaks off, as events do, that is known at once. */
  #followed(body: ReadableStream<Uint8Array>, end: () => void): ReadableStream<Uint8Array> {
    const reader = body.getReader();
    return new ReadableStream<Uint8Array>({
      pull: async (to) => {
        try {
          const { done, value } = await reader.read();
          if (!done) return to.enqueue(value);
          end();
          to.close();
        } catch (error) {
          end();
          this.look();
          to.error(error);
        }
      },
      cancel: async (reason) => {
        end();
        await reader.cancel(reason);
      },
    });
  }

  async #look(): Promise<void> {
    const { name, url } = this.engine;
    if (this.#lost !== null) this.#become({ ...this.#lost, triesAt: null });
    try {
      this.#token ??= await this.#options.token();
      const { patienceMs } = this.#pace;
      this.#facts = await lookAtEngine(this.#fetch, { name, url, token: this.#token, patienceMs }, this.#over.signal);
      this.#pauseMs = this.#pace.firstPauseMs;
      this.#become(null);
      this.#again(this.#pace.lookEveryMs);
    } catch (error) {
      if (!this.#over.signal.aborted) this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    this.#giveUp();
    if (isRefusal(error)) {
      this.#facts = null;
      this.#lost = null;
      this.#token = null;
      this.#tell({ state: 'failed', error: toErrorInfo(error) });
      return;
    }
    const now = Date.now();
    const since = this.#lost?.since ?? new Date(now).toISOString();
    this.#become({ since, error: toErrorInfo(error), triesAt: new Date(now + this.#pauseMs).toISOString() });
    this.#again(this.#pauseMs);
    this.#pauseMs = Math.min(2 * this.#pauseMs, this.#pace.longestPauseMs);
  }

  #again(afterMs: number): void {
    clearTimeout(this.#timer);
    if (!this.#over.signal.aborted) this.#timer = setTimeout(() => this.look(), afterMs);
  }

  #become(lost: Lost | null): void {
    this.#lost = lost;
    const { id, name, url } = this.engine;
    if (this.#facts !== null) {
      const { version, fit } = this.#facts;
      const elsewhere = { id, name, version, fit, lost };
      this.#tell({ state: 'running', where: 'elsewhere', url, isDemo: false, elsewhere });
    } else if (lost !== null) this.#tell({ state: 'unreachable', name, lost });
  }

  #tell(status: EngineStatus): void {
    if (this.#over.signal.aborted || JSON.stringify(status) === JSON.stringify(this.#status)) return;
    this.#status = status;
    this.#options.onChange(status);
  }
}
