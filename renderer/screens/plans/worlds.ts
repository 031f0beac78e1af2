/** What a source has and what a cloud has, as far as plans need it: asked for once, and again when it was read anew. */
import { useEffect } from 'react';
import type { CloudFacts } from '../../../main/shared/cloud.ts';
import type { InventoryDatastore, InventoryNetwork } from '../../../main/shared/inventory.ts';
import type { InstanceRow } from '../../../main/shared/operations/inventory.ts';
import { allRows, call } from '../../api.ts';
import { onEvent } from '../../state/live.ts';
import { loadedStore, type Loaded, type LoadedStore } from '../../state/loaded.ts';
import { useSession } from '../../state/session.ts';

export interface SourceWorld {
  readonly rows: readonly InstanceRow[];
  readonly byRef: ReadonlyMap<string, InstanceRow>;
  readonly networks: readonly InventoryNetwork[];
  readonly datastores: readonly InventoryDatastore[];
}

export interface CloudWorld {
  readonly takenAt: string;
  readonly facts: CloudFacts;
}

const sources = new Map<string, LoadedStore<SourceWorld>>();
const clouds = new Map<string, LoadedStore<CloudWorld>>();
const asked = new WeakSet<object>();
/** For where nothing is chosen yet. */
const noSource = loadedStore<SourceWorld>(() => new Promise(() => {}));
const noCloud = loadedStore<CloudWorld>(() => new Promise(() => {}));

useSession.subscribe(({ state }) => {
  if (state === 'ready') return;
  sources.clear(); // somebody else may sign in
  clouds.clear();
});
onEvent(({ kind }) => {
  if (kind === 'inventory') for (const one of sources.values()) if (asked.has(one)) void one.load();
});

export function useSourceWorld(id: string | null): Loaded<SourceWorld> {
  return useKept(id === null ? noSource : keptIn(sources, id, async () => await readSource(id)));
}

export function useCloudWorld(id: string | null): Loaded<CloudWorld> {
  const ask = async (): Promise<CloudWorld> => await call('destinations.facts', { destination: id ?? '' });
  return useKept(id === null ? noCloud : keptIn(clouds, id, ask));
}

export const reloadSource = (id: string): void => void sources.get(id)?.load();
export const reloadCloud = (id: string): void => void clouds.get(id)?.load();

/** Has the cloud asked anew. */
export async function refreshCloud(id: string): Promise<void> {
  await call('destinations.facts', { destination: id, refresh: true });
  await clouds.get(id)?.load();
}

function useKept<T>(kept: LoadedStore<T>): Loaded<T> {
  useEffect(() => {
    if (asked.has(kept)) return;
    asked.add(kept);
    void kept.load();
  }, [kept]);
  return kept.use();
}

function keptIn<T>(known: Map<string, LoadedStore<T>>, id: string, ask: () => Promise<T>): LoadedStore<T> {
  const one = known.get(id) ?? loadedStore(ask);
  known.set(id, one);
  return one;
}

async function readSource(source: string): Promise<SourceWorld> {
  const [rows, networks, datastores] = await Promise.all([
    allRows('instances.rows', { source }),
    allRows('resources.list', { source, type: 'network' }),
    allRows('resources.list', { source, type: 'datastore' }),
  ]);
  return {
    rows,
    byRef: new Map(rows.map((one) => [one.ref, one])),
    networks: networks.flatMap((one) => (one.type === 'network' ? [one] : [])),
    datastores: datastores.flatMap((one) => (one.type === 'datastore' ? [one] : [])),
  };
}
