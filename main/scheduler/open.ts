/** Builds the scheduler of a daemon from what its host has. */
import type { Parts } from '../operations/handlers.ts';
import { SourceId } from '../shared/connections.ts';
import type { RateTable } from './buckets.ts';
import { systemClock } from './clock.ts';
import type { MigrationNode, RecordIndex } from './node.ts';
import { QueueFile } from './queue-file.ts';
import { Scheduler } from './scheduler.ts';
import { SettingsFile } from './settings-file.ts';
import type { Pace } from './slow-down.ts';
import type { ElsewhereOf } from './waves.ts';

export interface OpenOptions {
  readonly index: RecordIndex;
  readonly rates: RateTable;
  /** Where migrations run. */
  readonly nodes: () => readonly MigrationNode[];
  readonly onDetail: (detail: string) => void;
  /** What a plan's later waves wait for besides. */
  readonly elsewhereOf?: ElsewhereOf;
  /** Of the back-off; the usual one without it. */
  readonly pace?: Pace;
}

/** Of the process's time: with thousands in the queue, a look takes milliseconds, and hundreds run. */
const SHARE = 0.1;

/** Reads what it knew last; nothing runs before its `start`. @throws what reading its files throws */
export async function openScheduler(parts: Parts, options: OpenOptions): Promise<Scheduler> {
  const { state, events } = parts;
  const names = await Names.follow(parts);
  return new Scheduler({
    ...options,
    queue: await QueueFile.open(state.queue),
    settings: await SettingsFile.open(state.documents),
    events,
    clock: systemClock,
    share: SHARE,
    nameOf: (id, ref) => names.of(id, ref),
  });
}

/** The names of sources and destinations, and of the sources' hosts and datastores, as they are now. */
class Names {
  readonly #parts: Pick<Parts, 'connections' | 'inventories' | 'events'>;
  #connections: ReadonlyMap<string, string> = new Map();
  readonly #places = new Map<string, ReadonlyMap<string, string>>();

  static async follow(parts: Pick<Parts, 'connections' | 'inventories' | 'events'>): Promise<Names> {
    const names = new Names(parts);
    parts.events.listen(({ event }) => {
      // Until they can be read, ids are shown.
      if (event.kind === 'connection') void names.#readConnections().catch(() => {});
      if (event.kind === 'inventory') void names.#readPlaces(event.source).catch(() => {});
    });
    await names.#readConnections();
    return names;
  }

  private constructor(parts: Pick<Parts, 'connections' | 'inventories' | 'events'>) {
    this.#parts = parts;
  }

  of(id: string, ref?: string): string {
    return ref === undefined ? (this.#connections.get(id) ?? id) : (this.#places.get(id)?.get(ref) ?? ref);
  }

  async #readConnections(): Promise<void> {
    const { connections } = this.#parts;
    const sources = await connections.list('source');
    const all = [...sources, ...(await connections.list('destination'))];
    this.#connections = new Map(all.map(({ id, name }) => [id, name]));
    for (const { id } of sources) if (!this.#places.has(id)) await this.#readPlaces(id).catch(() => {});
  }

  async #readPlaces(source: string): Promise<void> {
    const view = await this.#parts.inventories.view(SourceId.parse(source));
    const places = view?.told.filter(({ kind }) => kind === 'host' || kind === 'datastore') ?? [];
    this.#places.set(source, new Map(places.map(({ ref, name }) => [ref, name])));
  }
}
