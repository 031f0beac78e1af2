/** How the engine is, as the window knows it. */
import { create } from 'zustand';
import type { EngineStatus } from '../../main/shared/engine.ts';
import { toErrorInfo } from '../../main/shared/errors.ts';
import { ask, listen } from '../guts.ts';

export const useEngine = create<EngineStatus>()(() => ({ state: 'starting' }));

const show = (status: EngineStatus): void => useEngine.setState(status, true);
const showFailure = (error: unknown): void => show({ state: 'failed', error: toErrorInfo(error) });

/** Shows how the engine is now and everything that it tells from here on. */
export function followEngine(): void {
  listen('engine.changed', show);
  ask('engine.status', {}).then(show, showFailure);
}

export function restartEngine(): void {
  ask('engine.restart', {}).catch(showFailure);
}
