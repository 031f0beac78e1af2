/**
 * Whoever keeps the journals, for an engine that works on copies of them: an entry counts once it was taken there, and things
 * are changed only for as long as nobody else was given the migration.
 */
import { GutsError } from '../../main/shared/errors.ts';
import type { MayChange } from '../drivers.ts';

/**
 * Hands an entry over to whoever keeps the journals; null only asks.
 * @returns for how many milliseconds, from when it was asked, nobody else is given the migration; null where somebody else has it
 */
export type AskTruth = (entry: unknown) => Promise<number | null>;

/** Somebody else goes on with the migration. Whoever meets this changes nothing any more, and undoes nothing. */
export class FencedError extends GutsError {
  readonly code = 'migration.fenced';
  readonly remedy = 'Nothing has to be done here: it goes on elsewhere. Look where (“guts show ID”).';

  constructor() {
    super('Another node has this migration now.');
  }
}

export class Truth {
  readonly #ask: AskTruth;
  readonly #fence = new AbortController();
  #lease: Lease | null = null;

  /** @param lost aborts when it becomes known meanwhile that somebody else has the migration */
  constructor(ask: AskTruth, lost: AbortSignal) {
    this.#ask = ask;
    const onLost = (): void => this.#fence.abort(new FencedError());
    lost.addEventListener('abort', onLost, { once: true });
    if (lost.aborted) onLost();
  }

  /** Aborts with a FencedError as soon as somebody else has the migration. */
  get fenced(): AbortSignal {
    return this.#fence.signal;
  }

  /** Returns once the entry would be found by whoever goes on; they are taken in the order of the calls. @throws FencedError */
  async take(entry: unknown): Promise<void> {
    await this.#question(entry);
  }

  /** Before each change: returns at once while the last answer is good, else after another. @throws FencedError */
  readonly mayChange: MayChange = async () => {
    this.fenced.throwIfAborted();
    while (this.#lease?.isGood !== true) await this.#question(null);
  };

  async #question(entry: unknown): Promise<void> {
    this.fenced.throwIfAborted();
    const asked = momentNow();
    const goodForMs = await this.#ask(entry);
    if (goodForMs === null) this.#fence.abort(new FencedError());
    this.fenced.throwIfAborted();
    this.#lease = new Lease(asked, goodForMs ?? 0);
  }
}

interface Moment {
  readonly monotonicMs: number;
  readonly wallMs: number;
}
const momentNow = (): Moment => ({ monotonicMs: performance.now(), wallMs: Date.now() });

/** One clock stands still while the computer sleeps, the other can be set: the one that says more has gone by is believed. */
class Lease {
  readonly #from: Moment;
  readonly #goodForMs: number;

  constructor(from: Moment, goodForMs: number) {
    this.#from = from;
    this.#goodForMs = goodForMs;
  }

  get isGood(): boolean {
    const { monotonicMs, wallMs } = momentNow();
    const gone = Math.max(monotonicMs - this.#from.monotonicMs, wallMs - this.#from.wallMs);
    return gone < this.#goodForMs;
  }
}
