/** Something of the desktop program that a section of the settings shows and changes. */
import { useCallback, useEffect, useState } from 'react';
import { toErrorInfo, type ErrorInfo } from '../../../main/shared/errors.ts';
import type { Loaded } from '../../state/loaded.ts';

export interface Asked<T> {
  readonly of: Loaded<T>;
  /** Why the last change did not hold; null where it did. */
  readonly error: ErrorInfo | null;
  readonly isBusy: boolean;
  load(): void;
  /** Shows what the change answers. */
  change(wish: () => Promise<T>): void;
  put(value: T): void;
}

/** @param ask the same function at every drawing */
export function useAsked<T>(ask: () => Promise<T>): Asked<T> {
  const [of, setOf] = useState<Loaded<T>>({ state: 'loading' });
  const [error, setError] = useState<ErrorInfo | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const put = useCallback((value: T): void => setOf({ state: 'known', value, asOf: Date.now() }), []);
  const load = useCallback((): void => {
    ask().then(put, (thrown: unknown) => setOf({ state: 'failed', error: toErrorInfo(thrown) }));
  }, [ask, put]);
  const change = (wish: () => Promise<T>): void => {
    setIsBusy(true);
    setError(null);
    wish()
      .then(put, (thrown: unknown) => setError(toErrorInfo(thrown)))
      .finally(() => setIsBusy(false));
  };
  useEffect(load, [load]);
  return { of, error, isBusy, load, change, put };
}
