/** The demo of the desktop program: started and ended from here; a browser has none. */
import { create } from 'zustand';
import { toErrorInfo, type ErrorInfo } from '../../main/shared/errors.ts';
import { ask } from '../bridge.ts';
import { goInstead } from '../router.ts';

export type DemoDoor =
  | { readonly state: 'closed' }
  | { readonly state: 'opening' }
  | { readonly state: 'failed'; readonly error: ErrorInfo };

/** What the door to the demo shows. */
export const useDemoDoor = create<DemoDoor>()(() => ({ state: 'closed' }));

const show = (door: DemoDoor): void => useDemoDoor.setState(door, true);

/** The window is switched to the demo as soon as that can be worked with; until then it stays where it is. */
export async function startDemo(): Promise<void> {
  if (useDemoDoor.getState().state === 'opening') return;
  show({ state: 'opening' });
  try {
    await ask('demo.start', {});
    show({ state: 'closed' });
    goInstead('/'); // no place of the real Guts is in the demo
  } catch (error) {
    show({ state: 'failed', error: toErrorInfo(error) });
  }
}

/** The window is switched back at once; what the demo leaves is removed meanwhile. */
export async function endDemo(): Promise<void> {
  goInstead('/');
  await ask('demo.end', {});
}
