/** What each side of a hand-over is asked, in this process or by REST. Each question may be asked again. */
import type { ApiClient } from '../shared/client/client.ts';
import type { Carried, Handover, HandoverId, Offer, Peer, TakenEnds } from '../shared/handover.ts';
import type { MigrationId } from '../shared/migration.ts';
import type { OpenWaves } from '../shared/operations/handovers.ts';
import type { Plan } from '../shared/plans.ts';

export interface OfferWish {
  readonly handover: HandoverId;
  readonly plan: string;
  /** Undefined is all that the giver has of it. */
  readonly waves?: number[] | undefined;
  readonly taker: Peer;
}

/** A migration with its journal, or the plan itself. */
export interface Parcel {
  readonly plan: Plan | null;
  readonly carried: Carried | null;
}

/** What either side says of the plan's waves, so that later ones wait for earlier ones, wherever they are. */
export interface WaveSide {
  /** Those that are not over there. */
  waves(handover: HandoverId): Promise<OpenWaves>;
  /** @param open those that are not over on the other side */
  tellWaves(handover: HandoverId, open: readonly number[]): Promise<OpenWaves>;
}

export interface GivingSide {
  /** What would go; changes nothing. */
  offer(wish: OfferWish): Promise<Offer>;
  /** Brings to rest what is to go. */
  rest(wish: OfferWish): Promise<Handover>;
  /** Writes down that it is given, then answers it. @param migration null is the plan */
  release(handover: HandoverId, migration: MigrationId | null): Promise<Parcel>;
  close(handover: HandoverId, isRefused: boolean): Promise<Handover>;
}

export interface TakingSide {
  /** @throws GutsError that says why it cannot be taken; nothing has changed then */
  reserve(offer: Offer, isDry: boolean): Promise<TakenEnds>;
  receive(handover: HandoverId, parcel: Parcel): Promise<Handover>;
  close(handover: HandoverId, isRefused: boolean): Promise<Handover>;
}

export const givingOver = (client: ApiClient, signal: AbortSignal): GivingSide => ({
  offer: async (wish) => await client.call('handovers.offer', wish, signal),
  rest: async (wish) => await client.call('handovers.rest', wish, signal),
  release: async (handover, migration) => await client.call('handovers.release', { handover, migration }, signal),
  close: async (handover, isRefused) => await client.call('handovers.close', { handover, isRefused }, signal),
});

export const wavesOver = (client: ApiClient, signal: AbortSignal): WaveSide => ({
  waves: async (handover) => await client.call('handovers.waves', { handover }, signal),
  tellWaves: async (handover, open) => await client.call('handovers.tellWaves', { handover, open: [...open] }, signal),
});

export const takingOver = (client: ApiClient, signal: AbortSignal): TakingSide => ({
  reserve: async (offer, isDry) => (await client.call('handovers.reserve', { offer, isDry }, signal)).ends,
  receive: async (handover, parcel) => await client.call('handovers.receive', { handover, ...parcel }, signal),
  close: async (handover, isRefused) => await client.call('handovers.close', { handover, isRefused }, signal),
});
