/** A change that is being made: what it would be, whether it differs, and what becomes of saving it. It waits while somebody looks elsewhere. */
import { useState } from 'react';
import { create, type StoreApi, type UseBoundStore } from 'zustand';
import { toErrorInfo, type ErrorInfo } from '../../../main/shared/errors.ts';
import { toast } from '../../parts/toast.ts';
import { nameOf, useSession, type SessionView } from '../../state/session.ts';
import { t } from '../../texts/t.ts';

export interface Draft<T> {
  readonly value: T;
  readonly isChanged: boolean;
  /** What is kept was changed by somebody else since this was begun. */
  readonly isOutdated: boolean;
  readonly isBusy: boolean;
  readonly error: ErrorInfo | null;
  readonly put: (value: T) => void;
  readonly discard: () => void;
  readonly save: () => void;
}

interface Begun<T> {
  /** Of the Guts to which it belongs: another one has other settings. */
  readonly guts: string;
  /** As it was kept when this was begun, or saved. */
  readonly base: T;
  readonly value: T;
  /** Until what is kept is heard of anew. */
  readonly isSaved: boolean;
}

type DraftStore<T> = UseBoundStore<StoreApi<{ readonly begun: Begun<T> | null }>>;

/** Outlives the screen. */
export const newDraft = <T>(): DraftStore<T> => create<{ readonly begun: Begun<T> | null }>()(() => ({ begun: null }));

/** @param now as it is kept */
export function useDraft<T>(store: DraftStore<T>, now: T, keep: (value: T) => Promise<unknown>): Draft<T> {
  const guts = useSession(gutsOf);
  const { begun: last } = store();
  const [isBusy, setIsBusy] = useState(false);
  const [error, setError] = useState<ErrorInfo | null>(null);
  const isOver = last === null || last.guts !== guts || (last.isSaved && !isSame(last.base, now));
  const begun = isOver ? null : last;
  const value = begun === null ? now : begun.value;
  const isChanged = begun !== null && !begun.isSaved && !isSame(value, now);

  const put = (next: T): void => {
    const base = begun === null || begun.isSaved ? now : begun.base;
    store.setState({ begun: isSame(next, now) ? null : { guts, base, value: next, isSaved: false } });
  };
  const save = (): void => {
    setIsBusy(true);
    setError(null);
    keep(value)
      .then(
        () => {
          store.setState({ begun: { guts, base: now, value, isSaved: true } });
          toast(t('settings.saved'));
        },
        (thrown: unknown) => setError(toErrorInfo(thrown)),
      )
      .finally(() => setIsBusy(false));
  };
  const discard = (): void => {
    store.setState({ begun: null });
    setError(null);
  };
  const isOutdated = isChanged && begun !== null && !isSame(begun.base, now);
  return { value, isChanged, isOutdated, isBusy, error, put, discard, save };
}

function gutsOf(view: SessionView): string {
  if (view.state !== 'ready' || view.engine === null) return location.origin;
  return nameOf(view.engine);
}

/** Both are plain data that one program has written in one order. */
const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
