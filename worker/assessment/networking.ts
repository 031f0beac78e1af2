/** What the networks become, and how many addresses their machines need there. */
import type { AssessedNetwork } from '../../main/shared/assessment.ts';
import type { CloudFacts, CloudNetwork } from '../../main/shared/cloud.ts';
import type { Estate } from '../../main/shared/estate.ts';
import { things } from '../../main/shared/figures.ts';
import type { InventoryNic, InventoryVm } from '../../main/shared/inventory.ts';
import { isLinkLocal } from '../../main/shared/proposals/address.ts';
import { networkNeeds } from '../../main/shared/proposals/needs.ts';
import { proposeNetwork } from '../../main/shared/proposals/networks.ts';

/** Network, broadcast, gateway, and two servers of DHCP. */
const TAKEN_ADDRESSES = 5;

/** Each card needs one; a guest that has several of IPv4 on a card needs all of them. */
export function addressesOf({ ipAddresses }: InventoryNic): number {
  const own = ipAddresses.filter(({ address }) => !address.includes(':') && !isLinkLocal(address));
  return Math.max(1, own.length);
}

export function judgeNetworks(
  machines: readonly InventoryVm[],
  networks: Estate['networks'],
  cloud: CloudFacts | null,
): AssessedNetwork[] {
  const demand = new Map<string, { addresses: number; readonly subnets: Map<string, number> }>();
  for (const { nics } of machines)
    for (const nic of nics) {
      const key = nic.network ?? nic.networkName;
      if (key === null) continue;
      const entry = demand.get(key) ?? { addresses: 0, subnets: new Map<string, number>() };
      entry.addresses += addressesOf(nic);
      for (const subnet of subnetsOf(nic)) entry.subnets.set(subnet, (entry.subnets.get(subnet) ?? 0) + 1);
      demand.set(key, entry);
    }
  return networkNeeds(machines, networks)
    .map(({ name, ref, vlanId, machines: count, cards, addresses: known }): AssessedNetwork => {
      const { addresses, subnets } = demand.get(ref ?? name) ?? {
        addresses: cards,
        subnets: new Map<string, number>(),
      };
      const found = cloud === null ? null : proposeNetwork({ name, vlanId, addresses: known }, cloud);
      const free = found === null || cloud === null ? null : freeOf(found.network, cloud);
      return {
        name,
        ref,
        vlanId,
        machines: count,
        cards,
        addresses,
        known: known.length,
        to: found === null ? null : { name: found.network.name, why: found.why, free },
        proposal:
          found === null
            ? `${cloud === null ? 'Make' : 'Nothing in the cloud speaks for itself: choose a network, or make'} ${madeText(vlanId, addresses, subnets, known)}.`
            : free !== null && free < addresses
              ? `“${found.network.name}” has room for ${free} of ${things(addresses, 'address', 'addresses')}.`
              : `Becomes “${found.network.name}” (${reasons[found.why]}).`,
      };
    })
    .sort((a, b) => b.cards - a.cards);
}

/** Where the networks of a machine stand among them. */
export function networkPlaces(networks: readonly AssessedNetwork[]): (vm: InventoryVm) => number[] {
  const places = new Map(networks.map(({ ref, name }, place) => [ref ?? name, place]));
  return ({ nics }) => [
    ...new Set(nics.flatMap(({ network, networkName }) => places.get(network ?? networkName ?? '') ?? [])),
  ];
}

const reasons = {
  name: 'it has the same name',
  vlan: 'it has the same VLAN',
  subnet: 'the guests’ addresses are in its subnet',
  only: 'there is no other',
} as const;

/** Of its subnets of IPv4, where the cloud tells of one at least. */
function freeOf({ subnets }: CloudNetwork, { freeAddresses }: CloudFacts): number | null {
  const told = subnets.filter(({ ipVersion }) => ipVersion === 4).flatMap(({ id }) => freeAddresses?.[id] ?? []);
  return told.length === 0 ? null : told.reduce((sum, free) => sum + free, 0);
}

function madeText(
  vlanId: number | null,
  addresses: number,
  subnets: ReadonlyMap<string, number>,
  known: readonly string[],
): string {
  const vlan = vlanId === null || vlanId === 0 ? 'a network' : `a network on VLAN ${vlanId}`;
  const told = [...subnets].sort(([, a], [, b]) => b - a).slice(0, 3);
  if (told.length > 0) return `${vlan} with ${told.map(([subnet]) => subnet).join(', ')}, as its guests have it`;
  const [first, last] = spanOf(known);
  if (first !== undefined && last !== undefined)
    return `${vlan} with the subnet that its guests have (${first === last ? first : `${first} to ${last}`} seen), where they are to keep their addresses`;
  const prefix = 32 - Math.ceil(Math.log2(addresses + TAKEN_ADDRESSES));
  return `${vlan} with room for ${addresses === 1 ? 'one address' : `${addresses} addresses`} (a /${Math.max(8, Math.min(28, prefix))})`;
}

/** The lowest and the highest of IPv4; nothing where there is none. */
function spanOf(addresses: readonly string[]): readonly string[] {
  const numbers = addresses
    .filter((address) => !isLinkLocal(address))
    .map((address) => address.split('.').map(Number))
    .filter((bytes) => bytes.length === 4)
    .map((bytes) => bytes.reduce((sum, byte) => sum * 256 + byte, 0))
    .sort((a, b) => a - b);
  return [numbers[0], numbers.at(-1)].flatMap((value) => (value === undefined ? [] : dotted(value)));
}

const dotted = (value: number): string => [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');

/** The subnets in which its addresses are, where their length is told. */
export function subnetsOf({ ipAddresses }: InventoryNic): string[] {
  return ipAddresses.flatMap(({ address, prefixLength }) => {
    const bytes = address.split('.').map(Number);
    if (bytes.length !== 4 || prefixLength === null || prefixLength < 8 || prefixLength > 30 || isLinkLocal(address))
      return [];
    const value = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
    const size = 2 ** (32 - prefixLength);
    const base = Math.floor(value / size) * size;
    return [`${dotted(base)}/${prefixLength}`];
  });
}
