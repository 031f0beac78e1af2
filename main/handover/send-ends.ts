/** Sets up on the taking side what it lacks of a plan's two ends, with their passwords: from this vault straight into that one. */
import type { Parts } from '../operations/handlers.ts';
import type { ApiClient } from '../shared/client/client.ts';
import type { Offer } from '../shared/handover.ts';
import { cloudAmong, sourceAmong } from './ends.ts';

export interface Lacking {
  readonly source: boolean;
  readonly destination: boolean;
}

/** Which of a plan's two ends the taking side does not have. */
export async function lackingAt(
  client: ApiClient,
  { ends: { source, destination } }: Offer,
  signal: AbortSignal,
): Promise<Lacking> {
  const { sources } = await client.call('sources.list', {}, signal);
  const { destinations } = await client.call('destinations.list', {}, signal);
  return {
    source: sourceAmong(sources, source) === null,
    destination: cloudAmong(destinations, destination) === null,
  };
}

/** @throws what setting up throws there, and where the secret is not known here */
export async function sendEnds(
  { signIns }: Pick<Parts, 'signIns'>,
  client: ApiClient,
  offer: Offer,
  signal: AbortSignal,
): Promise<void> {
  const { source, destination } = offer.ends;
  const lacks = await lackingAt(client, offer, signal);
  if (lacks.source) {
    const { secret } = await signIns.source(source.id);
    const { id: _id, createdAt: _at, about: _about, ...fields } = source;
    await client.call('sources.create', { ...fields, secret }, signal);
  }
  if (lacks.destination) {
    const { secret } = await signIns.destination(destination.id);
    const { id: _id, createdAt: _at, about: _about, kind: _kind, ...fields } = destination;
    await client.call('destinations.create', { ...fields, secret }, signal);
  }
}
