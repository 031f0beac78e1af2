/** Drafts of plans: kept on this computer with every change, so that a restart of the program costs nothing. */
import { create } from 'zustand';
import { persist } from 'zustand/middleware';
import { z } from 'zod';
import { Draft } from './draft.ts';

/** Under which a plan that does not exist yet is kept; others by their ids. */
export const NEW_PLAN = 'new';

interface Drafts {
  readonly byKey: Readonly<Record<string, Draft>>;
}

const Kept = z.object({ byKey: z.record(z.string(), z.unknown()) });

export const useDrafts = create<Drafts>()(
  persist<Drafts>(() => ({ byKey: {} }), {
    name: 'guts.drafts',
    version: 1,
    partialize: ({ byKey }) => ({ byKey: Object.fromEntries(Object.entries(byKey).filter(([, one]) => isKept(one))) }),
    merge: (kept) => ({ byKey: readable(kept) }),
  }),
);

/** Somebody has changed something in it. */
export const isKept = ({ changedAt }: Draft): boolean => changedAt > 0;

/** What an older or newer Guts has kept is left out where it cannot be read. */
function readable(kept: unknown): Record<string, Draft> {
  const { data } = Kept.safeParse(kept);
  return Object.fromEntries(
    Object.entries(data?.byKey ?? {}).flatMap(([key, value]): [string, Draft][] => {
      const draft = Draft.safeParse(value);
      return draft.success ? [[key, draft.data]] : [];
    }),
  );
}

export function beginDraft(key: string, draft: Draft): void {
  useDrafts.setState(({ byKey }) => ({ byKey: { ...byKey, [key]: draft } }));
}

/** Saved with the time of day by which it is offered later. */
export function changeDraft(key: string, change: (draft: Draft) => Partial<Draft>): void {
  useDrafts.setState(({ byKey }) => {
    const draft = byKey[key];
    if (draft === undefined) return { byKey };
    return { byKey: { ...byKey, [key]: { ...draft, ...change(draft), changedAt: Date.now() } } };
  });
}

/** Going to another step is no change. */
export function moveInDraft(key: string, where: Pick<Draft, 'step' | 'seen'>): void {
  useDrafts.setState(({ byKey }) => {
    const draft = byKey[key];
    return draft === undefined ? { byKey } : { byKey: { ...byKey, [key]: { ...draft, ...where } } };
  });
}

export function dropDraft(key: string): void {
  useDrafts.setState(({ byKey }) => {
    const { [key]: _gone, ...rest } = byKey;
    return { byKey: rest };
  });
}
