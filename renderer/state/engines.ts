/** Engines elsewhere that this window can show instead of its own; a browser has none. */
import { create } from 'zustand';
import { toErrorInfo } from '../../main/shared/errors.ts';
import type { EngineId, EnginesView } from '../../main/shared/engines.ts';
import { ask, isDesktop, listen } from '../bridge.ts';
import { toast } from '../parts/toast.ts';
import { goInstead } from '../router.ts';

export const useEngines = create<EnginesView>()(() => ({ engines: [], shown: null, version: '' }));

const put = (view: EnginesView): void => useEngines.setState(view, true);

export function followEngines(): void {
  if (!isDesktop()) return;
  listen('engines.changed', put);
  ask('engines.get', {}).then(put, () => {}); // an older program around the page has none
}

/** The window is switched to it; null is this computer’s own. No place of one is in another. */
export async function showEngine(id: EngineId | null): Promise<void> {
  goInstead('/');
  try {
    await ask('engines.show', { id });
  } catch (error) {
    toast(toErrorInfo(error).message, { isError: true });
  }
}

/** Does not wait for the next try. */
export const tryEngineNow = (): void => void ask('engine.restart', {}).catch(() => {}); // it is tried later

/** Null where this window shows this computer’s own. */
export const useShownEngine = () => useEngines(({ engines, shown }) => engines.find(({ id }) => id === shown) ?? null);
