/** What the sources have, source by source: one that fails keeps none of the others away. Loaded when it is first looked at. */
import { create } from 'zustand';
import type { SourceId } from '../../main/shared/connections.ts';
import { toErrorInfo, type ErrorInfo } from '../../main/shared/errors.ts';
import type { InstanceRow } from '../../main/shared/operations/inventory.ts';
import { allRows, call } from '../api.ts';
import { sources } from './connections.ts';
import { onEvent } from './live.ts';

export interface SourceInventory {
  /** Empty until they were read. */
  readonly rows: readonly InstanceRow[];
  /** When the source told them; null where it was never asked. */
  readonly takenAt: string | null;
  readonly isLoading: boolean;
  /** The source is being asked anew. */
  readonly isRefreshing: boolean;
  /** Why the last reading or asking failed; what was known before is still there. */
  readonly error: ErrorInfo | null;
}

const untouched: SourceInventory = { rows: [], takenAt: null, isLoading: true, isRefreshing: false, error: null };

interface Inventory {
  readonly bySource: Readonly<Record<SourceId, SourceInventory>>;
}

export const useInventory = create<Inventory>()(() => ({ bySource: {} }));

/** A page that is parsed without being felt. */
const PAGE_ROWS = 1000;
/** Sources that were never read are asked once by themselves. */
const askedOnce = new Set<SourceId>();

const change = (id: SourceId, news: Partial<SourceInventory>): void =>
  useInventory.setState(({ bySource }) => ({
    bySource: { ...bySource, [id]: { ...(bySource[id] ?? untouched), ...news } },
  }));

/** Loads what is not loaded yet. @param mayRefresh reads a source now that was never read */
export function lookAt(ids: readonly SourceId[], mayRefresh: boolean): void {
  const { bySource } = useInventory.getState();
  for (const id of ids) if (bySource[id] === undefined) void load(id, mayRefresh);
}

/** Asks the source anew. */
export async function refresh(id: SourceId): Promise<void> {
  if (useInventory.getState().bySource[id]?.isRefreshing === true) return;
  change(id, { isRefreshing: true, error: null });
  try {
    await call('sources.refresh', { source: id });
    change(id, { isRefreshing: false });
    await load(id, false);
  } catch (error) {
    change(id, { isRefreshing: false, isLoading: false, error: toErrorInfo(error) });
  }
}

async function load(id: SourceId, mayRefresh: boolean): Promise<void> {
  change(id, { isLoading: true });
  try {
    const { inventory } = await call('sources.show', { source: id });
    if (inventory === null) {
      change(id, { isLoading: false });
      if (!mayRefresh || askedOnce.has(id)) return;
      askedOnce.add(id);
      await refresh(id);
      return;
    }
    const rows = await allRows('instances.rows', { source: id, limit: PAGE_ROWS });
    change(id, { rows, takenAt: inventory.takenAt, isLoading: false, error: null });
  } catch (error) {
    change(id, { isLoading: false, error: toErrorInfo(error) });
  }
}

onEvent((event) => {
  const { bySource } = useInventory.getState();
  for (const id of Object.keys(bySource) as SourceId[])
    // these are its keys
    if (event.kind === 'gap' || (event.kind === 'inventory' && event.source === id && !bySource[id]?.isRefreshing))
      void load(id, false);
});

/** Whoever signs in next may see something else; a source that is gone has nothing any more. */
sources.use.subscribe((now) => {
  const there = new Set(now.state === 'known' ? now.value.map(({ id }) => id) : []);
  if (now.state === 'failed') return;
  useInventory.setState(({ bySource }) => {
    const entries = (Object.entries(bySource) as [SourceId, SourceInventory][]).filter(([id]) => there.has(id)); // its keys
    return { bySource: Object.fromEntries(entries) };
  });
});
