/** A Hyper-V host whose shares are read over SMB: one signed-in connection for all files, renewed when it breaks. */
import { setTimeout as pause } from 'node:timers/promises';
import { ConnectionLostError } from '../../../net/errors.ts';
import { defaultRetries, type RetryOptions } from '../../../net/retries.ts';
import type { Account } from '../ntlm/keys.ts';
import { SmbFile } from './file.ts';
import type { Encrypt } from './link.ts';
import { Links } from './links.ts';
import type { Dialect, Terms } from './negotiate.ts';

/** Of a read that is asked for at once: 16 credits. */
const PIECE_BYTES = 1024 * 1024;
const MOST_IN_FLIGHT = 8;
/** Before each further try to sign in. */
const PAUSES_MS = [250, 1000, 3000];

export interface SmbHostOptions {
  readonly host: string;
  /** 445, but for tests. */
  readonly port: number;
  readonly account: Account;
  /** Signed is everything anyway. */
  readonly encrypt: Encrypt;
  /** What is offered to the host; all that there are where it is not said. */
  readonly dialects?: readonly Dialect[];
  readonly pieceBytes?: number;
  readonly inFlight?: number;
  readonly retries?: RetryOptions;
  readonly idleMs?: number;
}

/** Holds what its connection holds (a few MiB, see `Wire` and `SmbConnection`), however many files are open and reads under way. */
export class SmbHost implements AsyncDisposable {
  readonly #links: Links;

  private constructor({ host, port, ...rest }: SmbHostOptions) {
    const defaults = { pieceBytes: PIECE_BYTES, inFlight: MOST_IN_FLIGHT, retries: defaultRetries };
    this.#links = new Links({ host, port }, { ...defaults, ...rest });
  }

  /** Connects and signs in. @throws UnreachableError, HostLoginRefusedError, SmbRefusedError, SmbTooOldError … */
  static async open(options: SmbHostOptions, signal: AbortSignal): Promise<SmbHost> {
    const host = new SmbHost(options);
    try {
      await host.#firstLink(signal);
      return host;
    } catch (error) {
      await host[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** What breaks off in the middle is tried again; whoever gave a wrong address does not have to wait. */
  async #firstLink(signal: AbortSignal): Promise<void> {
    for (const pauseMs of PAUSES_MS) {
      try {
        await this.#links.current(signal);
        return;
      } catch (error) {
        if (signal.aborted || !(error instanceof ConnectionLostError)) throw error;
        await pause(pauseMs, undefined, { signal });
      }
    }
    await this.#links.current(signal);
  }

  /**
   * @param path in the share, with `\` or `/` between its names
   * @throws SmbRefusedError, SmbCannotEncryptError, SmbDowngradeError …
   */
  async openFile(share: string, path: string, signal: AbortSignal): Promise<SmbFile> {
    return await SmbFile.open(this.#links, share, path.replaceAll('/', '\\').replace(/^\\+/, ''), signal);
  }

  /** What was agreed on with the host. */
  get terms(): Pick<Terms, 'dialect' | 'signing' | 'cipher'> | null {
    return this.#links.last?.connection.terms ?? null;
  }

  /** Signs out. Files that are still open read nothing any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#links[Symbol.asyncDispose]();
  }
}
