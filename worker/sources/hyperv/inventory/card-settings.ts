/** What Hyper-V lets a network card do, and what it limits, guards or mirrors there: settings of each card, not of its switch. */
import type { InventoryNic } from '../../../../main/shared/inventory.ts';
import type { CardAnswer } from '../answers.ts';

const MEGA = 1e6;
/** Most ranges of VLANs that are told of one card. */
const MOST_RANGES = 100;

export function settingsOf(card: CardAnswer): Pick<InventoryNic, 'policies' | 'allows' | 'trunk'> {
  const policies = policiesOf(card);
  const trunk = card.vlanMode === 'Trunk' ? rangesOf(card.allowedVlans) : [];
  const { spoofing = '' } = card;
  const maySpoof = isOn(spoofing);
  return {
    ...(policies.length === 0 ? {} : { policies }),
    // Hyper-V has one switch for both, and no way to listen to others but mirroring.
    ...(spoofing === '' ? {} : { allows: { promiscuous: false, forgedTransmits: maySpoof, macChanges: maySpoof } }),
    ...(trunk.length === 0 ? {} : { trunk }),
  };
}

function policiesOf({ teaming, dhcpGuard, routerGuard, mirroring, mostBits }: CardAnswer): string[] {
  return [
    ...(isOn(teaming) ? ['lets the guest make a team of its cards'] : []),
    ...(isOn(dhcpGuard) ? ['drops answers of a DHCP server in the guest'] : []),
    ...(isOn(routerGuard) ? ['drops announcements of a router in the guest'] : []),
    ...(mirroring === 'Source' ? ['mirrors what passes to another card'] : []),
    ...(mirroring === 'Destination' ? ['mirrors other cards to this one'] : []),
    ...((mostBits ?? 0) > 0 ? [`limits the bandwidth to ${Math.ceil((mostBits ?? 0) / MEGA)} Mbit/s`] : []),
  ];
}

const isOn = (word: string | undefined): boolean => word?.toLowerCase() === 'on';

/** @param list as Hyper-V writes it: `100-200,300` */
function rangesOf(list: string): string[] {
  return list
    .split(',')
    .map((range) => range.trim())
    .filter((range) => /^\d{1,4}(?:-\d{1,4})?$/.test(range))
    .slice(0, MOST_RANGES);
}
