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
import { Vault } from '../vault/vault.ts';
import { signed } from './signed.ts';

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
  /** Its own, or a second door to that of a daemon on this computer. */
  readonly vault: Vault;
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

  /** Where this window keeps secrets of its own. @throws NotRunningError where it did not start */
  async vault(): Promise<Vault> {
    await this.#opening;
    if (this.#opened === null) throw new NotRunningError();
    return this.#opened.vault;
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
    const askPassphrase = async (isNew: boolean): Promise<string | null> => await this.#ask(isNew);
    // One for both tries, where the port is taken: it asks once.
    const vault = new Vault({ ...rest, dataDir, askPassphrase });
    const options = { ...rest, dataDir, askPassphrase, vault };
    const daemon = await Daemon.start({ ...options, port }).catch(async (error: unknown) => {
      if (error instanceof CannotListenError && port !== 0) return await Daemon.start({ ...options, port: 0 });
      throw error;
    });
    onDaemon(daemon);
    const token = await readLocalToken(dataDir);
    return {
      vault,
      status: { state: 'running', where: 'window', url: daemon.url, isDemo, elsewhere: null },
      fetch: async (request) => await daemon.fetch(signed(request, request.url, token)),
      stop: async (parkingMs) => void (await daemon.stop(parkingMs)),
    };
  }

  async #attach({ url, fingerprint }: { readonly url: string; readonly fingerprint: string | null }): Promise<Opened> {
    const { dataDir, env, onSecret } = this.#options;
    const token = await readLocalToken(dataDir);
    const ask = networkFetch(fingerprint);
    const vault = new Vault({
      dataDir,
      askPassphrase: async (isNew) => await this.#ask(isNew),
      ...(env === undefined ? {} : { env }),
      ...(onSecret === undefined ? {} : { onSecret }),
    });
    return {
      vault,
      status: { state: 'running', where: 'daemon', url, isDemo: false, elsewhere: null },
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
    const before = this.#status;
    this.#become({ state: 'locked', isNew });
    const passphrase = await new Promise<string | null>((resolve) => (this.#answer = resolve));
    if (this.#status.state === 'locked') this.#become(before); // else it ends
    return passphrase;
  }

  #become(status: EngineStatus): void {
    this.#status = status;
    this.#options.onChange(status);
  }
}
