/** Watches how long reads take at the sources that something is copied from, and slows what makes them too long. */
import { toErrorInfo } from '../shared/errors.ts';
import type { SourceId } from '../shared/connections.ts';
import type { DatastoreLatency, ReadPlace } from '../shared/latency.ts';
import type { MigrationId } from '../shared/migration.ts';
import type { NodeId, SlowedBy } from '../shared/schedule.ts';
import type { Clock } from './clock.ts';
import { filed } from './filed.ts';
import type { MigrationNode } from './node.ts';
import { slowDownAfter, type Pace, type SlowDown } from './slow-down.ts';
import type { NameOf } from './slots.ts';

/** A migration whose disks are read right now. */
export interface Copied {
  readonly id: MigrationId;
  readonly node: NodeId;
  readonly source: SourceId;
  readonly host: string | null;
  readonly datastores: readonly string[];
  readonly bytesPerSecond: number;
}

export interface WatchParts {
  readonly nodes: () => readonly MigrationNode[];
  readonly clock: Clock;
  readonly nameOf: NameOf;
  readonly pace: Pace;
  /** More is too long; null where nobody is to be slowed. */
  readonly mostMs: () => number | null;
  readonly copied: () => readonly Copied[];
  /** Holds for all that is read from a datastore together; null is no limit. */
  readonly limit: (source: SourceId, datastore: string, bytesPerSecond: number | null) => void;
  /** What slows it has changed. */
  readonly tell: (id: MigrationId) => void;
  readonly warn: (source: SourceId, says: string) => void;
}

/** One session with a source. It begins anew when another datastore or host is read from, and ends when nothing is. */
interface Watch {
  stop: AbortController;
  /** By host and datastore; those that are not read from any more stay until it ends. */
  readonly places: Map<string, ReadPlace>;
  /** By datastore. */
  readonly slowed: Map<string, SlowDown>;
  /** A node was asked, or will be soon. */
  isAsked: boolean;
  /** The source never tells. */
  isInVain: boolean;
  /** Of a next try. */
  again: Disposable | undefined;
  /** Of its end, where nothing is read any more. */
  end: Disposable | undefined;
}

export class LatencyWatch implements Disposable {
  readonly #parts: WatchParts;
  readonly #watches = new Map<SourceId, Watch>();
  #shown: ReadonlyMap<MigrationId, SlowedBy> = new Map();
  /** Sources and datastores of which was said that they do not tell. */
  readonly #said = new Set<string>();
  #due: NodeJS.Immediate | undefined;
  #isOver = false;

  constructor(parts: WatchParts) {
    this.#parts = parts;
  }

  slowedBy(id: MigrationId): SlowedBy | null {
    return this.#shown.get(id) ?? null;
  }

  /** What is copied has changed, or the settings have: soon, as many changes at once are one look. */
  look(): void {
    if (!this.#isOver) this.#due ??= setImmediate(() => this.#lookNow());
  }

  #lookNow(): void {
    this.#due = undefined;
    const { copied, mostMs } = this.#parts;
    const isWanted = mostMs() !== null;
    const bySource = new Map<SourceId, Copied[]>();
    for (const one of isWanted ? copied() : []) filed(bySource, one.source, () => []).push(one);
    for (const [source, ofSource] of bySource) this.#follow(source, ofSource);
    for (const [source, watch] of this.#watches) {
      if (!isWanted) this.#end(source, watch);
      else if (!bySource.has(source)) this.#endSoon(source, watch);
    }
    this.#show();
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    clearImmediate(this.#due);
    for (const [source, watch] of this.#watches) this.#end(source, watch);
  }

  #follow(source: SourceId, copied: readonly Copied[]): void {
    const places = copied.flatMap(({ host, datastores }) =>
      host === null ? [] : datastores.map((datastore): ReadPlace => ({ host, datastore })),
    );
    if (places.length === 0) return;
    const watch = this.#watches.get(source) ?? newWatch();
    this.#watches.set(source, watch);
    watch.end?.[Symbol.dispose]();
    watch.end = undefined;
    const before = watch.places.size;
    for (const place of places) watch.places.set(`${place.host} ${place.datastore}`, place);
    const isNew = watch.places.size > before || !watch.isAsked;
    if (isNew && !watch.isInVain) this.#ask(source, watch, copied);
  }

  #ask(source: SourceId, watch: Watch, copied: readonly Copied[]): void {
    const { nodes, pace, clock } = this.#parts;
    const node = nodes().find(({ id }) => copied.some((one) => one.node === id));
    watch.isAsked = node !== undefined;
    watch.again?.[Symbol.dispose]();
    watch.stop.abort(new Error('it is watched anew'));
    watch.stop = new AbortController();
    const { signal } = watch.stop;
    const wish = { source, places: [...watch.places.values()], everyMs: pace.everyMs };
    const hear = (latencies: readonly DatastoreLatency[]): void => {
      if (signal.aborted) return;
      for (const { datastore, milliseconds } of latencies) if (milliseconds === null) this.#warnOf(source, datastore);
      this.#hear(source, watch, latencies);
    };
    node?.watchLatency(wish, hear, signal).then(
      (obstacle) => {
        if (signal.aborted || obstacle === null) return;
        watch.isInVain = true;
        this.#warnOnce(source, '', `It is not told how long reads from its datastores take: ${obstacle}`);
      },
      (error: unknown) => {
        if (signal.aborted) return;
        this.#warnOnce(source, '', `It cannot be read how long reads take: ${toErrorInfo(error).message}`);
        this.#hear(
          source,
          watch,
          wish.places.map(({ datastore }) => ({ datastore, milliseconds: null })),
        );
        const ofSource = (): Copied[] => this.#parts.copied().filter((one) => one.source === source);
        watch.again = clock.at(clock.now() + pace.everyMs, () => this.#ask(source, watch, ofSource()));
      },
    );
  }

  #hear(source: SourceId, watch: Watch, latencies: readonly DatastoreLatency[]): void {
    const { copied, mostMs, clock, pace, limit } = this.#parts;
    const most = mostMs();
    if (most === null) return;
    const ofSource = copied().filter((one) => one.source === source);
    for (const { datastore, milliseconds } of latencies) {
      const readers = ofSource.filter(({ datastores }) => datastores.includes(datastore));
      const before = watch.slowed.get(datastore) ?? null;
      if (readers.length === 0 && before === null) continue;
      const bytesPerSecond = readers.reduce((sum, one) => sum + one.bytesPerSecond, 0);
      const sample = { milliseconds, mostMs: most, nowMs: clock.now(), bytesPerSecond };
      const after = slowDownAfter(before, sample, pace);
      if (after === null) watch.slowed.delete(datastore);
      else watch.slowed.set(datastore, after);
      if (after?.bytesPerSecond !== before?.bytesPerSecond) limit(source, datastore, after?.bytesPerSecond ?? null);
    }
    this.#show();
  }

  #endSoon(source: SourceId, watch: Watch): void {
    const { clock, pace } = this.#parts;
    watch.end ??= clock.at(clock.now() + pace.everyMs, () => this.#end(source, watch));
  }

  #end(source: SourceId, watch: Watch): void {
    this.#watches.delete(source);
    watch.stop.abort(new Error('nothing is copied any more'));
    watch.again?.[Symbol.dispose]();
    watch.end?.[Symbol.dispose]();
    for (const datastore of watch.slowed.keys()) this.#parts.limit(source, datastore, null);
  }

  #show(): void {
    const before = this.#shown;
    const isAnySlow = [...this.#watches.values()].some(({ slowed }) => slowed.size > 0);
    if (!isAnySlow && before.size === 0) return;
    const now = new Map(
      this.#parts.copied().flatMap((one) => {
        const slowed = this.#slowedBy(one);
        return slowed === null ? [] : [[one.id, slowed] as const];
      }),
    );
    this.#shown = now;
    for (const id of new Set([...before.keys(), ...now.keys()]))
      if (before.get(id)?.says !== now.get(id)?.says) this.#parts.tell(id);
  }

  /** Of several datastores the slowest counts. */
  #slowedBy({ source, datastores }: Copied): SlowedBy | null {
    const { nameOf } = this.#parts;
    const slowed = datastores
      .flatMap((datastore) => {
        const slow = this.#watches.get(source)?.slowed.get(datastore);
        return slow === undefined ? [] : { datastore, ...slow };
      })
      .sort((a, b) => a.bytesPerSecond - b.bytesPerSecond)[0];
    if (slowed === undefined) return null;
    const { datastore, milliseconds, bytesPerSecond } = slowed;
    const rate = `${(bytesPerSecond / 1024 ** 2).toFixed(1)} MiB/s`;
    const says = `Reads from “${nameOf(source, datastore)}” of “${nameOf(source)}” took ${milliseconds} ms: no more than ${rate} is sent of it until they are quick again.`;
    return { says, datastore, milliseconds, bytesPerSecond };
  }

  #warnOf(source: SourceId, datastore: string): void {
    const name = this.#parts.nameOf(source, datastore);
    this.#warnOnce(source, datastore, `It does not tell how long reads from “${name}” take.`);
  }

  #warnOnce(source: SourceId, about: string, says: string): void {
    const key = `${source} ${about}`;
    if (this.#said.has(key)) return;
    this.#said.add(key);
    this.#parts.warn(source, `${says.replace(/\.$/, '')}. Its migrations are not slowed by that.`);
  }
}

const newWatch = (): Watch => ({
  stop: new AbortController(),
  places: new Map(),
  slowed: new Map(),
  isAsked: false,
  isInVain: false,
  again: undefined,
  end: undefined,
});
