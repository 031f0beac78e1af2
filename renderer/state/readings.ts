/** Inventories that this window has asked to be read: how far each is, and what came of it. */
import { create } from 'zustand';
import { toErrorInfo, type ErrorInfo } from '../../main/shared/errors.ts';
import type { OutputOf } from '../../main/shared/operations.ts';
import { call } from '../api.ts';
import { details } from './details.ts';
import { onEvent } from './live.ts';

export type Reading =
  | { readonly state: 'running'; readonly vms: number; readonly stop: () => void }
  | { readonly state: 'done'; readonly result: OutputOf<'sources.refresh'> }
  | { readonly state: 'failed'; readonly error: ErrorInfo }
  | { readonly state: 'stopped' };

export const useReadings = create<Readonly<Record<string, Reading>>>()(() => ({}));

const put = (source: string, reading: Reading): void => useReadings.setState({ [source]: reading });

/** Reads the inventory of a source. It goes on whatever the window shows; what runs already is not run twice. */
export async function readInventory(source: string): Promise<void> {
  if (useReadings.getState()[source]?.state === 'running') return;
  const leave = new AbortController();
  const stop = (): void => leave.abort();
  put(source, { state: 'running', vms: 0, stop });
  const deafen = onEvent((event) => {
    if (event.kind === 'inventory.reading' && event.source === source)
      put(source, { state: 'running', vms: event.vms, stop });
  });
  try {
    const result = await call('sources.refresh', { source }, leave.signal);
    await details.load();
    put(source, { state: 'done', result });
  } catch (error) {
    put(source, leave.signal.aborted ? { state: 'stopped' } : { state: 'failed', error: toErrorInfo(error) });
  } finally {
    deafen();
  }
}
