/** Builds the scheduler of a daemon from what its host has. */
import type { Parts } from '../operations/handlers.ts';
import type { NodeId } from '../shared/schedule.ts';
import type { RateTable } from './bandwidth.ts';
import { systemClock } from './clock.ts';
import { LocalNode } from './local-node.ts';
import type { RecordIndex } from './node.ts';
import { QueueFile } from './queue-file.ts';
import { Scheduler } from './scheduler.ts';
import { SettingsFile } from './settings-file.ts';

export interface OpenOptions {
  readonly index: RecordIndex;
  readonly rates: RateTable;
  /** What this machine is called among nodes; its host name without it. */
  readonly node?: NodeId;
  readonly onDetail: (detail: string) => void;
}

/** Reads what it knew last; nothing runs before its `start`. @throws what reading its files throws */
export async function openScheduler(parts: Parts, options: OpenOptions): Promise<Scheduler> {
  const { dataDir, events } = parts;
  const names = await ConnectionNames.follow(parts);
  return new Scheduler({
    ...options,
    queue: await QueueFile.open(dataDir),
    settings: await SettingsFile.open(dataDir),
    nodes: [new LocalNode(parts, options.node)],
    events,
    clock: systemClock,
    nameOf: (id) => names.of(id),
  });
}

/** The names of sources and destinations as they are now. */
class ConnectionNames {
  #names: ReadonlyMap<string, string> = new Map();

  static async follow({ connections, events }: Pick<Parts, 'connections' | 'events'>): Promise<ConnectionNames> {
    const names = new ConnectionNames();
    const read = async (): Promise<void> => {
      const all = [...(await connections.list('source')), ...(await connections.list('destination'))];
      names.#names = new Map(all.map(({ id, name }) => [id, name]));
    };
    events.listen(({ event }) => {
      if (event.kind === 'connection') void read().catch(() => {}); // ids are shown until it can be read again
    });
    await read();
    return names;
  }

  of(id: string): string {
    return this.#names.get(id) ?? id;
  }
}
