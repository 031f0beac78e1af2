/** Sets up on the taking side what it lacks of a plan's two ends, with their passwords: from this vault straight into that one. */
import type { Parts } from '../operations/handlers.ts';
import type { ApiClient } from '../shared/client/client.ts';
import type { Offer } from '../shared/handover.ts';
import { cloudAmong, sourceAmong } from './ends.ts';

/** @throws what setting up throws there, and where the secret is not known here */
export async function sendEnds(
  { signIns }: Pick<Parts, 'signIns'>,
  client: ApiClient,
  { ends: { source, destination } }: Offer,
  signal: AbortSignal,
): Promise<void> {
  const { sources } = await client.call('sources.list', {}, signal);
  const { destinations } = await client.call('destinations.list', {}, signal);
  if (sourceAmong(sources, source) === null) {
    const { secret } = await signIns.source(source.id);
    const { id: _id, createdAt: _at, about: _about, ...fields } = source;
    await client.call('sources.create', { ...fields, secret }, signal);
  }
  if (cloudAmong(destinations, destination) === null) {
    const { secret } = await signIns.destination(destination.id);
    const { id: _id, createdAt: _at, about: _about, kind: _kind, ...fields } = destination;
    await client.call('destinations.create', { ...fields, secret }, signal);
  }
}
