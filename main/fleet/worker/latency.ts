/** Tells the daemon how long reads take at the sources that this worker copies from, for as long as it wishes that. */
import type { EnginePool } from '../../engine-pool.ts';
import type { SourceId, SourceSignIn } from '../../shared/connections.ts';
import { toErrorInfo } from '../../shared/errors.ts';
import type { Latencies, Wish } from '../../shared/fleet.ts';
import type { DatastoreLatency } from '../../shared/latency.ts';
import type { SourceLatencyJob } from '../../shared/move-jobs.ts';

type WatchWish = Extract<Wish, { kind: 'watchLatency' }>;

export interface LatencyParts {
  readonly engines: EnginePool;
  /** By a migration from that source; null where none is at work here. @throws GutsError */
  readonly signIn: (source: SourceId) => Promise<SourceSignIn> | null;
  readonly tell: (told: Pick<Latencies, 'source' | 'latencies' | 'ended'>) => Promise<unknown>;
}

interface Watch {
  readonly wish: string;
  readonly stop: AbortController;
  timer: NodeJS.Timeout;
}

export class LatencyTelling implements Disposable {
  readonly #parts: LatencyParts;
  readonly #watches = new Map<SourceId, Watch>();

  constructor(parts: LatencyParts) {
    this.#parts = parts;
  }

  /** Goes on with what is told already where only the time is new. @returns false where nothing is copied from there */
  watch({ source, places, everyMs, forMs }: WatchWish): boolean {
    const wish = JSON.stringify([places, everyMs]);
    const before = this.#watches.get(source);
    if (before?.wish === wish) {
      before.timer.refresh();
      return true;
    }
    const signIn = this.#parts.signIn(source);
    if (signIn === null) return false;
    before?.stop.abort(new Error('it is watched anew'));
    clearTimeout(before?.timer);
    const stop = new AbortController();
    const timer = setTimeout(() => this.#end(source, stop), forMs).unref();
    this.#watches.set(source, { wish, stop, timer });
    void this.#run(source, signIn, { places, everyMs }, stop);
    return true;
  }

  [Symbol.dispose](): void {
    for (const [source, { stop }] of this.#watches) this.#end(source, stop);
  }

  #end(source: SourceId, stop: AbortController): void {
    const watch = this.#watches.get(source);
    if (watch?.stop !== stop) return;
    clearTimeout(watch.timer);
    this.#watches.delete(source);
    stop.abort(new Error('nobody wants to know it any more'));
  }

  /** Never throws: what went wrong is told. */
  async #run(
    source: SourceId,
    signingIn: Promise<SourceSignIn>,
    { places, everyMs }: Pick<WatchWish, 'places' | 'everyMs'>,
    stop: AbortController,
  ): Promise<void> {
    const { engines, tell } = this.#parts;
    const { signal } = stop;
    let ended: Latencies['ended'];
    try {
      const job: SourceLatencyJob = { kind: 'source.latency', ...(await signingIn), places, everyMs };
      const onLatency = (latencies: readonly DatastoreLatency[]): void =>
        signal.aborted ? undefined : void tell({ source, latencies: [...latencies] });
      const { obstacle } = await engines.run(job, signal, { onLatency });
      ended = { obstacle, error: null };
    } catch (error) {
      ended = { obstacle: null, error: toErrorInfo(error) };
    }
    if (signal.aborted) return;
    this.#end(source, stop);
    await tell({ source, latencies: [], ended });
  }
}
