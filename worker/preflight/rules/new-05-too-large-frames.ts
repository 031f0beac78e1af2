/** NEW-05: a guest that sends larger frames than its network in the cloud takes. */
import { cardsOf, type Card } from '../../../main/shared/proposals/cards.ts';
import { framesOf, tooLarge, type Frames } from '../../../main/shared/proposals/frames.ts';
import type { InventoryVm } from '../../../main/shared/inventory.ts';
import type { MoveFacts } from '../move-facts.ts';
import type { Rule } from '../rule.ts';

export const tooLargeFrames: Rule<MoveFacts> = {
  id: 'NEW-05',
  group: 'networks',
  severity: 'warns',
  isBeside: (facts) => (cardsOf(facts).some((card) => isKnown(framesOf(facts.vm, card))) ? null : UNKNOWN),
  finds: (facts) => cardsOf(facts).flatMap((card) => told(facts.vm, card)),
  says: 'The guest sends larger frames than its network in the cloud takes.',
  remedy: 'Set a smaller MTU in the guest before the move, or map the card to a network that takes more.',
  manual:
    'Tunnelled networks of a cloud (VXLAN, Geneve) usually take 1450 bytes or less, virtual switches 1500 or 9000. A guest that is set up for more, or has its addresses set by hand and so hears of no other MTU, sends frames that are lost; connections hang as soon as much is sent. Set the MTU in the guest (`ip link set dev eth0 mtu 1450`, `netsh interface ipv4 set subinterface`), or choose another network.',
};

/** Why neither this nor its milder sister is held. */
export const UNKNOWN = 'one side does not tell how large its frames are';
export const isKnown = ({ guest, most, cloud }: Frames): boolean => cloud !== null && (guest !== null || most !== null);

function told(vm: InventoryVm, card: Card): string[] {
  const frames = framesOf(vm, card);
  const size = tooLarge(frames, card.nic.usesDhcp);
  return size === null
    ? []
    : [`${card.nic.label}: ${size} bytes, and “${card.target?.name ?? ''}” takes ${frames.cloud}`];
}
