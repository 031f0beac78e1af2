/** The connection to a host that there is at the moment: shared by all reads, signed in anew when it breaks. */
import { ConnectionLostError } from '../../../net/errors.ts';
import { Retries, type RetryOptions } from '../../../net/retries.ts';
import { unlessAborted } from '../../../net/unless-aborted.ts';
import type { SmbAddress } from './connection.ts';
import { Link, type LinkOptions } from './link.ts';

export interface LinksOptions extends LinkOptions {
  /** How many reads may be under way. */
  readonly inFlight: number;
  readonly retries: RetryOptions;
}

export class Links implements AsyncDisposable {
  readonly address: SmbAddress;
  readonly #options: LinksOptions;
  readonly #closing = new AbortController();
  readonly #waiting: (() => void)[] = [];
  #link: Link | null = null;
  #linking: Promise<Link> | null = null;
  #turns: number;
  #receivedBytes = 0;

  constructor(address: SmbAddress, options: LinksOptions) {
    this.address = address;
    this.#options = options;
    this.#turns = options.inFlight;
  }

  get pieceBytes(): number {
    return this.#options.pieceBytes;
  }

  /** The last that there was, broken or not. */
  get last(): Link | null {
    return this.#link;
  }

  /** The connection that there is; a new one for all who ask where it broke. */
  async current(signal: AbortSignal): Promise<Link> {
    this.#closing.signal.throwIfAborted();
    signal.throwIfAborted();
    if (this.#link !== null && !this.#link.isOver) return this.#link;
    this.#linking ??= this.#connect().finally(() => (this.#linking = null));
    return await unlessAborted(this.#linking, signal);
  }

  async #connect(): Promise<Link> {
    const link = await Link.open(this.address, this.#options, this.#closing.signal);
    this.#link = link;
    return link;
  }

  /** Tries again what a broken connection spoilt. Ends at once when `signal` aborts. */
  async patiently<T>(act: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const retries = new Retries(this.#options.retries);
    for (;;) {
      try {
        return await unlessAborted(act(), signal);
      } catch (error) {
        signal.throwIfAborted();
        this.#closing.signal.throwIfAborted();
        await retries.after(error, this.#receivedBytes, signal);
      }
    }
  }

  /** That a read moved on, of whatever file: who waits for the host may be patient again. */
  note(bytes: number): void {
    this.#receivedBytes += bytes;
  }

  /** One of as many reads as may be under way. Disposing it lets the next one go. */
  async turn(signal: AbortSignal): Promise<Disposable> {
    while (this.#turns === 0) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
      if (signal.aborted) this.#waiting.shift()?.(); // somebody else may go instead
    }
    signal.throwIfAborted();
    this.#turns -= 1;
    return {
      [Symbol.dispose]: () => {
        this.#turns += 1;
        this.#waiting.shift()?.();
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort(new ConnectionLostError(`The connection to ${this.address.host} was closed.`));
    await this.#linking?.catch(() => {});
    await this.#link?.[Symbol.asyncDispose]();
  }
}
