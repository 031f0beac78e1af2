/** Something that one screen asks of Guts: loading, failed or known, asked again when what it is about changes. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { toErrorInfo } from '../../main/shared/errors.ts';
import type { Loaded } from './loaded.ts';
import { isOutOfReach, whenBack } from './reach.ts';

export interface Answer<T> {
  readonly of: Loaded<T>;
  /** Asks again; what is known stays until the answer comes. */
  readonly load: () => void;
}

/** @param ask the same function as long as it asks for the same */
export function useAnswer<T>(ask: (signal: AbortSignal) => Promise<T>): Answer<T> {
  const [of, setOf] = useState<Loaded<T>>({ state: 'loading' });
  const asking = useRef<AbortController | null>(null);
  const again = useRef(() => {});
  const forget = useRef(() => {});
  const start = useCallback((): (() => void) => {
    asking.current?.abort();
    forget.current();
    const stop = new AbortController();
    asking.current = stop;
    const put = (next: Loaded<T>): void => {
      if (!stop.signal.aborted) setOf(next); // what was asked later counts
    };
    ask(stop.signal).then(
      (value) => put({ state: 'known', value, asOf: Date.now() }),
      (thrown: unknown) => {
        const isLate = isOutOfReach(thrown);
        if (isLate && !stop.signal.aborted) forget.current = whenBack(() => again.current());
        if (!stop.signal.aborted)
          setOf((now) => (isLate && now.state === 'known' ? now : { state: 'failed', error: toErrorInfo(thrown) }));
      },
    );
    return () => {
      stop.abort();
      forget.current();
    };
  }, [ask]);
  useEffect(() => {
    again.current = () => void start();
    return start();
  }, [start]);
  const load = useCallback((): void => {
    setOf((now) => (now.state === 'failed' ? { state: 'loading' } : now));
    start();
  }, [start]);
  return { of, load };
}
