/** A name at the broker that one holder has as long as it is connected: by a queue that says whose it is, and is made again only by the same. */
import type { GutsError } from '../../shared/errors.ts';
import type { Attachment } from './attachment.ts';
import { BrokerNoQueueError } from './errors.ts';
import type { Session } from './session.ts';
import { declareClaim } from './topology.ts';

export interface ClaimWish {
  readonly queue: string;
  /** Whoever says the same has it, too: a process that connects anew, and servers that share what they do. */
  readonly holder: string;
  /** The error with which the connection is given up and tried again; null goes on without the name. */
  readonly refused: (holder: string, session: Session) => Promise<GutsError | null>;
}

/** The broker notices within less than this that whoever had it is gone without a word. */
const GONE_WITHIN_MS = 20_000;

export class Claim implements Attachment {
  readonly #wish: ClaimWish;
  readonly #hopeless = new AbortController();
  #refusedSinceMs: number | null = null;

  constructor(wish: ClaimWish) {
    this.#wish = wish;
  }

  /** Aborts, with the reason, when it was refused for longer than it could be the name of one that has just died. */
  get hopeless(): AbortSignal {
    return this.#hopeless.signal;
  }

  async attach(session: Session): Promise<void> {
    const { queue, holder, refused } = this.#wish;
    const channel = await session.looseChannel();
    const other = await session.ask(async () => {
      try {
        await declareClaim(channel, queue, holder);
      } catch (error) {
        const other = holderIn(error);
        if (other === null) throw error;
        return other;
      }
      await channel.consume(queue, (message) => {
        if (message === null) session.end(new BrokerNoQueueError(queue)); // it is claimed anew
      });
      return null;
    });
    const error = other === null ? null : await refused(other, session);
    if (error === null) {
      this.#refusedSinceMs = null;
      if (other === null) session.tend(channel);
      return;
    }
    this.#refusedSinceMs ??= performance.now();
    if (performance.now() - this.#refusedSinceMs > GONE_WITHIN_MS) this.#hopeless.abort(error);
    throw error;
  }
}

/** Null where it is another error. The broker says in words how the queue that is there differs. */
function holderIn(error: unknown): string | null {
  const message = error instanceof Error ? error.message : '';
  if (!/PRECONDITION.FAILED.*inequivalent arg 'x-dead-letter-routing-key'/s.test(message)) return null;
  return /but current is (?:the value )?'([^']*)'/.exec(message)?.[1] ?? '';
}
