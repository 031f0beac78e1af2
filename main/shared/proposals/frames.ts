/** How large frames are on both sides of a card. */
import type { InventoryVm } from '../inventory.ts';
import type { Card } from './cards.ts';

export interface Frames {
  /** What the guest is set up for; null where its tools do not tell. */
  readonly guest: number | null;
  /** What the switch lets pass; null where the source does not tell. */
  readonly most: number | null;
  /** What the network of the cloud takes; null where the cloud does not tell, or none is planned. */
  readonly cloud: number | null;
}

/** Of an ordinary card that nobody set otherwise. */
const ORDINARY_MTU = 1500;

export const framesOf = ({ traits }: InventoryVm, { network, target }: Card): Frames => ({
  guest: traits?.mtu ?? null,
  most: network?.mtu ?? null,
  cloud: target?.mtu ?? null,
});

/**
 * How large the guest's frames are by what it shows, where that is more than the network takes: its own setting, or the
 * ordinary one of a guest whose addresses are set by hand, which no DHCP server tells another.
 */
export function tooLarge({ guest, most, cloud }: Frames, usesDhcp: boolean | undefined): number | null {
  if (cloud === null) return null;
  const shown = guest ?? (usesDhcp === false && most !== null ? Math.min(most, ORDINARY_MTU) : null);
  return shown !== null && shown > cloud ? shown : null;
}

/** What the guest may send and the network does not take, where nobody knows whether it does. */
export function perhapsTooLarge(frames: Frames, usesDhcp: boolean | undefined): number | null {
  const { guest, most, cloud } = frames;
  if (guest !== null || most === null || cloud === null || tooLarge(frames, usesDhcp) !== null) return null;
  return most > cloud ? most : null;
}
