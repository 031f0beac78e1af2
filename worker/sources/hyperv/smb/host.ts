/** A Hyper-V host whose shares are read over SMB: one signed-in connection for all files, renewed when it breaks. */
import type { Account } from '../ntlm/keys.ts';
import { ConnectionLostError } from '../../../net/errors.ts';
import { defaultRetries, Retries, type RetryOptions } from '../../../net/retries.ts';
import { SmbFile } from './file.ts';
import { Link, type LinkOptions } from './link.ts';
import type { Dialect } from './negotiate.ts';

/** Of a read that is asked for at once: 16 credits. */
const PIECE_BYTES = 1024 * 1024;
const MOST_IN_FLIGHT = 8;

export interface SmbHostOptions {
  readonly host: string;
  /** 445, but for tests. */
  readonly port: number;
  readonly account: Account;
  /** Signed is everything anyway. */
  readonly encrypt: 'whereDemanded' | 'always';
  /** What is offered to the host; all that there are where it is not said. */
  readonly dialects?: readonly Dialect[];
  readonly pieceBytes?: number;
  readonly inFlight?: number;
  readonly retries?: RetryOptions;
  readonly idleMs?: number;
}

/** Holds what its connection holds (see `Wire`: a few MiB), however many files are open and reads under way. */
export class SmbHost implements AsyncDisposable {
  readonly name: string;
  readonly pieceBytes: number;
  readonly #options: SmbHostOptions;
  readonly #closing = new AbortController();
  readonly #waiting: (() => void)[] = [];
  #link: Link | null = null;
  #linking: Promise<Link> | null = null;
  #turns: number;
  #receivedBytes = 0;

  private constructor(options: SmbHostOptions) {
    this.name = options.host;
    this.pieceBytes = options.pieceBytes ?? PIECE_BYTES;
    this.#options = options;
    this.#turns = options.inFlight ?? MOST_IN_FLIGHT;
  }

  /** Connects and signs in. @throws UnreachableError, HostLoginRefusedError, SmbRefusedError, SmbTooOldError … */
  static async open(options: SmbHostOptions, signal: AbortSignal): Promise<SmbHost> {
    const host = new SmbHost(options);
    try {
      await host.link(signal);
      return host;
    } catch (error) {
      await host[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** @param path in the share, with `\` or `/` between its names */
  async openFile(share: string, path: string, signal: AbortSignal): Promise<SmbFile> {
    return await SmbFile.open(this, share, path.replaceAll('/', '\\').replace(/^\\+/, ''), signal);
  }

  /** What was agreed on with the host. */
  get terms(): { readonly dialect: Dialect; readonly signing: string; readonly cipher: string | null } | null {
    return this.#link?.connection.terms ?? null;
  }

  /** The connection that there is; a new one for all who ask where it broke. */
  async link(signal: AbortSignal): Promise<Link> {
    this.#closing.signal.throwIfAborted();
    signal.throwIfAborted();
    if (this.#link !== null && !this.#link.isOver) return this.#link;
    this.#linking ??= this.#connect().finally(() => (this.#linking = null));
    return await unlessAborted(this.#linking, signal);
  }

  async #connect(): Promise<Link> {
    const { host, port, pieceBytes = PIECE_BYTES, ...rest } = this.#options;
    const options: LinkOptions = { ...rest, pieceBytes };
    const link = await Link.open({ host, port }, options, this.#closing.signal);
    this.#link = link;
    return link;
  }

  /** Tries again what a broken connection spoilt. */
  async patiently<T>(act: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const retries = new Retries(this.#options.retries ?? defaultRetries);
    for (;;) {
      try {
        return await act();
      } catch (error) {
        signal.throwIfAborted();
        this.#closing.signal.throwIfAborted();
        await retries.after(error, this.#receivedBytes, signal);
      }
    }
  }

  /** That a read moved on, on whatever file: what waits for the host may be patient again. */
  note(bytes: number): void {
    this.#receivedBytes += bytes;
  }

  /** One of as many reads as may be in flight. Disposing it lets the next one go. */
  async turn(signal: AbortSignal): Promise<AsyncDisposable> {
    while (this.#turns === 0) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
      if (signal.aborted) this.#waiting.shift()?.(); // somebody else may go instead
      signal.throwIfAborted();
    }
    this.#turns -= 1;
    return {
      [Symbol.asyncDispose]: async () => {
        this.#turns += 1;
        this.#waiting.shift()?.();
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const reason = new ConnectionLostError(`The connection to ${this.name} was closed.`);
    this.#closing.abort(reason);
    await this.#linking?.catch(() => {});
    await this.#link?.[Symbol.asyncDispose]();
  }
}

/** @throws the signal's reason as soon as it aborts, whatever becomes of `promise` */
async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return await new Promise<T>((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
