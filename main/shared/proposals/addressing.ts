/** How a guest gets its address, gateway and name servers, beside what its network in the cloud would give it. */
import type { CloudSubnet } from '../cloud.ts';
import type { InventoryVm } from '../inventory.ts';
import { isSameAddress, liesIn } from './address.ts';
import type { Card } from './cards.ts';
import { addressesOf } from './ports.ts';

const subnetsOf = ({ target }: Card, version: 4 | 6): CloudSubnet[] =>
  (target?.subnets ?? []).filter(({ ipVersion }) => ipVersion === version);

/** The guest asks for its address, and nobody there answers. */
export function lacksDhcp(card: Card): boolean {
  const subnets = subnetsOf(card, 4);
  return card.nic.usesDhcp === true && subnets.length > 0 && subnets.every(({ hasDhcp }) => !hasDhcp);
}

/** The guest has its addresses set by hand, and the port has none of them. */
export function keepsOtherAddress({ nic, port, own, pairs }: Card): string[] {
  if (nic.usesDhcp !== false || port === undefined) return [];
  const has = (address: string): boolean =>
    addressesOf(port).some((one) => isSameAddress(one, address)) ||
    pairs.some((pair) => (pair.includes('/') ? liesIn(address, pair) : isSameAddress(address, pair)));
  return own.some(has) ? [] : [...own];
}

export interface Gateways {
  readonly guest: string;
  readonly subnet: string;
}

/** Gateways that the guest was given by hand and that its subnet in the cloud has another for. */
export function otherGateways({ traits }: InventoryVm, card: Card): Gateways[] {
  if (card.nic.usesDhcp === true) return [];
  return (traits?.gateways ?? []).flatMap((guest) =>
    (card.target?.subnets ?? [])
      .filter(({ cidr }) => liesIn(guest, cidr))
      .flatMap(({ gateway }) =>
        gateway === null || isSameAddress(gateway, guest) ? [] : [{ guest, subnet: gateway }],
      ),
  );
}

export interface NameServers {
  readonly guest: readonly string[];
  readonly subnet: readonly string[];
}

/** Where the guest is told its name servers, and will be told others; null where that stays the same. */
export function otherNameServers({ guest }: InventoryVm, card: Card): NameServers | null {
  const told = subnetsOf(card, 4)
    .filter(({ hasDhcp }) => hasDhcp)
    .flatMap(({ dnsServers }) => dnsServers);
  if (card.nic.usesDhcp !== true || told.length === 0 || guest.dnsServers.length === 0) return null;
  const isTold = (server: string): boolean => told.some((one) => isSameAddress(one, server));
  return guest.dnsServers.some(isTold) ? null : { guest: guest.dnsServers, subnet: told };
}
