/** The Guts that the window works with: the daemon that has the data folder, or one in this process. */
import { randomUUID } from 'node:crypto';
import { readLocalToken } from '../access/local-token.ts';
import { networkFetch } from '../api/network-fetch.ts';
import { problemResponse } from '../api/problem.ts';
import { Daemon, type DaemonOptions } from '../daemon.ts';
import { CannotListenError } from '../api/listen-errors.ts';
import type { EngineStatus } from '../shared/engine.ts';
import { GutsError, toErrorInfo } from '../shared/errors.ts';
import { findDaemon } from '../store/data-lock.ts';

/** As the command line finds it; another is taken where somebody else has that. */
const PORT = 7000;
/** A daemon that starts at this moment is waited for. */
const PATIENCE_MS = 10_000;

export interface WindowGutsOptions extends Pick<
  DaemonOptions,
  'dataDir' | 'env' | 'nodes' | 'onSecret' | 'onDetail' | 'redact' | 'pageFolder'
> {
  readonly isDemo?: boolean;
  readonly port?: number;
  readonly onChange: (status: EngineStatus) => void;
  /** What happens in a Guts of this process; a daemon keeps its own log. */
  readonly onDaemon?: (daemon: Daemon) => void;
}

interface Opened {
  readonly status: EngineStatus;
  fetch(request: Request): Promise<Response>;
  stop(parkingMs?: number): Promise<void>;
}

class NotRunningError extends GutsError {
  readonly code = 'engine.not-running';
  readonly remedy = 'Wait until Guts has started; the window says when, and what keeps it.';
  override readonly retryable = true;

  constructor() {
    super('The Guts behind this window does not run.');
  }
}

export class WindowGuts {
  readonly #options: WindowGutsOptions;
  #status: EngineStatus = { state: 'starting' };
  #opened: Opened | null = null;
  #opening: Promise<void> | null = null;
  #answer: ((passphrase: string | null) => void) | null = null;

  constructor(options: WindowGutsOptions) {
    this.#options = options;
  }

  get status(): EngineStatus {
    return this.#status;
  }

  /** Starts it, or starts it again after it failed. Does nothing while it runs or starts. */
  start(): void {
    if (this.#opened !== null || this.#opening !== null) return;
    this.#become({ state: 'starting' });
    this.#opening = this.#open().then(
      (opened) => {
        this.#opening = null;
        this.#opened = opened;
        this.#become(opened.status);
      },
      (error: unknown) => {
        this.#opening = null;
        this.#options.onDetail(String(error));
        this.#become({ state: 'failed', error: toErrorInfo(error) });
      },
    );
  }

  /** The passphrase that it waits for; null for none. */
  unlock(passphrase: string | null): void {
    this.#answer?.(passphrase);
    this.#answer = null;
  }

  /** Answers what the page asks by REST, as whoever sits at this computer. */
  async fetch(request: Request): Promise<Response> {
    if (this.#opened === null) return problemResponse(new NotRunningError(), `urn:uuid:${randomUUID()}`);
    return await this.#opened.fetch(request);
  }

  /**
   * Parks what runs in this process, and ends. A daemon goes on.
   * @param parkingMs how long that may take; what runs still goes on after the next start as after a crash
   */
  async stop(parkingMs?: number): Promise<void> {
    this.#become({ state: 'stopping' });
    this.unlock(null);
    await this.#opening;
    const opened = this.#opened;
    this.#opened = null;
    await opened?.stop(parkingMs);
  }

  async #open(): Promise<Opened> {
    const { dataDir } = this.#options;
    const running = await findDaemon(dataDir, PATIENCE_MS);
    return running === null ? await this.#own() : await this.#attach(running);
  }

  async #own(): Promise<Opened> {
    const { dataDir, port = PORT, isDemo = false, onDaemon = () => {}, ...rest } = this.#options;
    // A second try, where the port is taken, must not ask anew.
    let said: Promise<string | null> | undefined;
    const options = { ...rest, dataDir, askPassphrase: async (isNew: boolean) => await (said ??= this.#ask(isNew)) };
    const daemon = await Daemon.start({ ...options, port }).catch(async (error: unknown) => {
      if (error instanceof CannotListenError && port !== 0) return await Daemon.start({ ...options, port: 0 });
      throw error;
    });
    onDaemon(daemon);
    const token = await readLocalToken(dataDir);
    return {
      status: { state: 'running', where: 'window', url: daemon.url, isDemo },
      fetch: async (request) => await daemon.fetch(signed(request, request.url, token)),
      stop: async (parkingMs) => void (await daemon.stop(parkingMs)),
    };
  }

  async #attach({ url, fingerprint }: { readonly url: string; readonly fingerprint: string | null }): Promise<Opened> {
    const token = await readLocalToken(this.#options.dataDir);
    const ask = networkFetch(fingerprint);
    return {
      status: { state: 'running', where: 'daemon', url, isDemo: false },
      fetch: async (request) => {
        const { pathname, search } = new URL(request.url);
        try {
          return await ask(signed(request, url + pathname + search, token));
        } catch (error) {
          return problemResponse(error, `urn:uuid:${randomUUID()}`);
        }
      },
      stop: async () => {},
    };
  }

  async #ask(isNew: boolean): Promise<string | null> {
    this.#become({ state: 'locked', isNew });
    const passphrase = await new Promise<string | null>((resolve) => (this.#answer = resolve));
    this.#become({ state: 'starting' });
    return passphrase;
  }

  #become(status: EngineStatus): void {
    this.#status = status;
    this.#options.onChange(status);
  }
}

/** The same request, to `url`, by somebody who has the token of this computer. */
function signed(request: Request, url: string, token: string | null): Request {
  const headers = new Headers(request.headers);
  for (const name of ['host', 'origin', 'referer', 'cookie']) headers.delete(name);
  if (token !== null) headers.set('authorization', `Bearer ${token}`);
  const { method, body, signal } = request;
  // Half duplex is what a body that streams takes; the types of this Node do not know the word.
  return new Request(url, {
    method,
    headers,
    signal,
    ...(body === null ? {} : { body, duplex: 'half' }),
  } as RequestInit);
}
