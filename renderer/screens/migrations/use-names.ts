/** What sources, destinations and plans are called. */
import { useMemo } from 'react';
import { destinations, plans, sources } from '../../state/connections.ts';
import type { Loaded } from '../../state/loaded.ts';
import type { Names } from './columns.tsx';

export function useNames(): Names {
  const ofSources = sources.use();
  const ofDestinations = destinations.use();
  const ofPlans = plans.use();
  return useMemo(
    () => ({ source: namesOf(ofSources), destination: namesOf(ofDestinations), plan: namesOf(ofPlans) }),
    [ofSources, ofDestinations, ofPlans],
  );
}

function namesOf(things: Loaded<readonly { readonly id: string; readonly name: string }[]>): (id: string) => string {
  const names = new Map(things.state === 'known' ? things.value.map(({ id, name }) => [id, name]) : []);
  return (id) => names.get(id) ?? id;
}
