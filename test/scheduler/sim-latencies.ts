/** How long reads from datastores take in a simulated world, and who wants to know. */
import type { LatencyWish } from '../../main/scheduler/node.ts';
import type { Clock } from '../../main/scheduler/clock.ts';
import type { DatastoreLatency } from '../../main/shared/latency.ts';

export class SimLatencies {
  readonly #clock: Clock;
  /** By datastore; those that are not named are quick, null is not known. */
  readonly milliseconds = new Map<string, number | null>();
  /** Why the source never tells. */
  obstacle: string | null = null;
  /** What whoever asks next fails of, until it is null again. */
  error: Error | null = null;
  /** What was asked for, in order. */
  readonly wishes: LatencyWish[] = [];
  /** Sessions that are open. */
  watching = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async watch(
    wish: LatencyWish,
    tell: (latencies: readonly DatastoreLatency[]) => void,
    signal: AbortSignal,
  ): Promise<string | null> {
    this.wishes.push(wish);
    this.watching += 1;
    try {
      for (;;) {
        await Promise.resolve(); // nobody answers at once
        if (signal.aborted) return null;
        if (this.error !== null) throw this.error;
        if (this.obstacle !== null) return this.obstacle;
        const datastores = [...new Set(wish.places.map(({ datastore }) => datastore))];
        tell(datastores.map((datastore) => ({ datastore, milliseconds: this.#of(datastore) })));
        await this.#pause(wish.everyMs, signal);
      }
    } finally {
      this.watching -= 1;
    }
  }

  #of(datastore: string): number | null {
    return this.milliseconds.has(datastore) ? (this.milliseconds.get(datastore) ?? null) : 1;
  }

  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const end = (): void => {
        signal.removeEventListener('abort', end);
        alarm[Symbol.dispose]();
        resolve();
      };
      const alarm = this.#clock.at(this.#clock.now() + ms, end);
      signal.addEventListener('abort', end);
    });
  }
}
