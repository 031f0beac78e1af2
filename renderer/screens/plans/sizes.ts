/** How large the machines of plans are: for those that no migration has planned yet. */
import { useEffect, useMemo } from 'react';
import { create } from 'zustand';
import type { Plan } from '../../../main/shared/plans.ts';
import { allRows } from '../../api.ts';
import { useSession } from '../../state/session.ts';

/** Bytes of a source's machines, by their refs. */
type Sizes = ReadonlyMap<string, number>;

const useKnown = create<{ readonly of: ReadonlyMap<string, Sizes> }>()(() => ({ of: new Map() }));
const asked = new Set<string>();

useSession.subscribe(({ state }) => {
  if (state === 'ready') return;
  asked.clear(); // somebody else may sign in
  useKnown.setState({ of: new Map() });
});

/** By the ids of sources; one that cannot be read is left out. */
export function useSizes(plans: readonly Plan[]): ReadonlyMap<string, Sizes> {
  const wanted = useMemo(() => {
    const unplanned = plans.filter(({ machines }) => machines.some(({ migration }) => migration === null));
    return [...new Set(unplanned.map(({ source }) => source))];
  }, [plans]);
  useEffect(() => {
    for (const source of wanted) void ask(source);
  }, [wanted]);
  return useKnown(({ of }) => of);
}

async function ask(source: string): Promise<void> {
  if (asked.has(source)) return;
  asked.add(source);
  try {
    const machines = await allRows('instances.rows', { source });
    const sizes = new Map(machines.map(({ ref, diskBytes }) => [ref, diskBytes]));
    useKnown.setState(({ of }) => ({ of: new Map([...of, [source, sizes]]) }));
  } catch {
    asked.delete(source); // without its sizes a plan is shown all the same
  }
}
