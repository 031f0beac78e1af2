/** Something that is asked of Guts as a whole: loading, failed, or known as of some moment. */
import { create, type StoreApi, type UseBoundStore } from 'zustand';
import { toErrorInfo, type ErrorInfo } from '../../main/shared/errors.ts';
import { isOutOfReach, whenBack } from './reach.ts';

export type Loaded<T> =
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly error: ErrorInfo }
  | { readonly state: 'known'; readonly value: T; readonly asOf: number };

export interface LoadedStore<T> {
  readonly use: UseBoundStore<StoreApi<Loaded<T>>>;
  /** Asks again, and returns when that or something newer is known. What is known stays until then, so that nothing jumps. */
  load(): Promise<void>;
  /** Forgets what is known. */
  reset(): void;
}

export function loadedStore<T>(ask: () => Promise<T>): LoadedStore<T> {
  const use = create<Loaded<T>>()(() => ({ state: 'loading' }));
  let asked = 0;
  let newest = Promise.resolve();
  const load = async (): Promise<void> => await (newest = answered());
  const answered = async (): Promise<void> => {
    asked += 1;
    const number = asked;
    if (use.getState().state !== 'known') use.setState({ state: 'loading' }, true);
    let next: Loaded<T>;
    try {
      next = { state: 'known', value: await ask(), asOf: Date.now() };
    } catch (error) {
      const before = use.getState();
      const isLate = isOutOfReach(error);
      if (isLate) whenBack(again);
      next = isLate && before.state === 'known' ? before : { state: 'failed', error: toErrorInfo(error) };
    }
    if (number === asked) use.setState(next, true);
    else await newest; // an older answer says less
  };
  const again = (): void => void load();
  const reset = (): void => {
    asked += 1;
    newest = Promise.resolve();
    use.setState({ state: 'loading' }, true);
  };
  return { use, load, reset };
}
