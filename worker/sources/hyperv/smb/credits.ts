/** The credits of a connection ([MS-SMB2] 3.2.4.1.2): what a server lends, each of them a message's id and 64 KiB of reply. */

/** What a credit pays for. */
const CREDIT_BYTES = 65_536;
/** As many as all reads in flight together cost, and some. */
const WANTED = 256;
/** A server never lends more. */
const MOST = 65_536;

export const chargeOf = (replyBytes = 0): number => Math.max(1, Math.ceil(replyBytes / CREDIT_BYTES));

export class Credits {
  readonly #waiting: (() => void)[] = [];
  #left = 1;
  #spent = 0;
  #nextId = 0;

  /** How long a reply may be that can be asked for right now. */
  get payableBytes(): number {
    return this.#left * CREDIT_BYTES;
  }

  /** Null where there are too few. */
  take(charge: number): { readonly messageId: number; readonly askFor: number } | null {
    if (this.#left < charge) return null;
    const messageId = this.#nextId;
    this.#nextId += charge;
    this.#left -= charge;
    this.#spent += charge;
    return { messageId, askFor: charge + Math.max(0, WANTED - this.#left - this.#spent) };
  }

  /** @param paid of the request that is answered; 0 while it is only told to wait */
  give(lent: number, paid: number): void {
    this.#left = Math.min(this.#left + lent, MOST);
    this.#spent -= paid;
    this.wake();
  }

  /** Resolves when there may be more, or there will be none. */
  async more(): Promise<void> {
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
