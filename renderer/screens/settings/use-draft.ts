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
  /** As it was kept when this was begun. */
  readonly base: T;
  readonly value: T;
}

/** What was saved counts as kept until what is kept is heard of anew. */
interface Saved<T> {
  readonly guts: string;
  /** As it was heard of last. */
  readonly before: T;
  readonly value: T;
}

type DraftStore<T> = UseBoundStore<StoreApi<{ readonly begun: Begun<T> | null }>>;

/** Outlives the screen. */
export const newDraft = <T>(): DraftStore<T> => create<{ readonly begun: Begun<T> | null }>()(() => ({ begun: null }));

/** @param heard as it is kept, by what was heard last */
export function useDraft<T>(store: DraftStore<T>, heard: T, keep: (value: T) => Promise<unknown>): Draft<T> {
  const guts = useSession(gutsOf);
  const { begun: last } = store();
  const [saved, setSaved] = useState<Saved<T> | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const [error, setError] = useState<ErrorInfo | null>(null);
  const isHeard = saved === null || saved.guts !== guts || !isSame(saved.before, heard);
  if (saved !== null && isHeard) setSaved(null);
  const now = isHeard ? heard : saved.value;
  const begun = last === null || last.guts !== guts ? null : last;
  const value = begun === null ? now : begun.value;
  const isChanged = begun !== null && !isSame(value, now);

  const put = (next: T): void => {
    const base = begun === null ? now : begun.base;
    store.setState({ begun: isSame(next, now) ? null : { guts, base, value: next } });
  };
  const save = (): void => {
    setIsBusy(true);
    setError(null);
    keep(value)
      .then(
        () => {
          setSaved({ guts, before: heard, value });
          const { begun: newest } = store.getState();
          if (newest === begun) store.setState({ begun: null });
          else if (newest?.guts === guts) store.setState({ begun: { ...newest, base: value } }); // typed meanwhile
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
