/** What is known of each connection besides itself: where its secret is kept, and how old its inventory is. */
import type { KeptIn } from '../../main/shared/vault.ts';
import { call } from '../api.ts';
import { loadedStore } from './loaded.ts';

export interface ConnectionDetail {
  readonly secret: KeptIn | null;
  /** Of a source; null where it was never read. */
  readonly inventoryTakenAt: string | null;
}

export const details = loadedStore<Readonly<Record<string, ConnectionDetail>>>(async () => {
  const [{ sources }, { destinations }] = await Promise.all([call('sources.list', {}), call('destinations.list', {})]);
  const found = await Promise.all([...sources.map(ofSource), ...destinations.map(ofDestination)]);
  return Object.fromEntries(found.flat());
});

type Found = readonly (readonly [id: string, ConnectionDetail])[];

async function ofSource({ id }: { readonly id: string }): Promise<Found> {
  return await call('sources.show', { source: id }).then(
    ({ secret, inventory }): Found => [[id, { secret, inventoryTakenAt: inventory?.takenAt ?? null }]],
    goneMeanwhile,
  );
}

async function ofDestination({ id }: { readonly id: string }): Promise<Found> {
  return await call('destinations.show', { destination: id }).then(
    ({ secret }): Found => [[id, { secret, inventoryTakenAt: null }]],
    goneMeanwhile,
  );
}

function goneMeanwhile(error: { readonly code?: string }): Found {
  if (error.code === 'connection.unknown') return [];
  throw error;
}
