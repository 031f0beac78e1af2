/** Virtual switches as networks: each VLAN on a switch is a network of its own, since that is what a card is mapped by. */
import type { InventoryNetwork, InventoryVm } from '../../../../main/shared/inventory.ts';
import type { CardAnswer } from '../answers.ts';

const SWITCH = 'switch:';
const VLAN = '/vlan:';
const TRUNK = '/trunk';

/** The network that a card is on; null without a switch. */
export function networkRefOf(card: Pick<CardAnswer, 'switch' | 'vlanMode' | 'accessVlan'>): string | null {
  if (card.switch === '') return null;
  const base = SWITCH + card.switch;
  if (card.vlanMode === 'Access' && card.accessVlan !== null && card.accessVlan > 0)
    return `${base}${VLAN}${card.accessVlan}`;
  return card.vlanMode === 'Trunk' ? base + TRUNK : base;
}

/** @param ref as {@link networkRefOf} makes it; a switch's name may hold whatever it likes before the last part */
export function networkFrom(ref: string): InventoryNetwork {
  const vlanAt = ref.lastIndexOf(VLAN);
  const vlan = vlanAt === -1 ? null : /^\d{1,4}$/.exec(ref.slice(vlanAt + VLAN.length));
  const common = { ref, kind: 'switch', datacenter: null } as const;
  if (vlan !== null) {
    const name = ref.slice(SWITCH.length, vlanAt);
    return { ...common, name: `${name} (VLAN ${vlan[0]})`, vlanId: Number(vlan[0]) };
  }
  if (ref.endsWith(TRUNK))
    return { ...common, name: `${ref.slice(SWITCH.length, -TRUNK.length)} (trunk)`, vlanId: null };
  return { ...common, name: ref.slice(SWITCH.length), vlanId: 0 };
}

/** All switches, and what of them is used with VLANs. */
export function networksOf(
  switches: readonly string[],
  machines: readonly Pick<InventoryVm, 'nics'>[],
): InventoryNetwork[] {
  const refs = new Set(switches.map((name) => SWITCH + name));
  for (const { nics } of machines) for (const { network } of nics) if (network !== null) refs.add(network);
  return [...refs].map(networkFrom);
}
