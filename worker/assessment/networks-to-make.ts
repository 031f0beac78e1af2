/** What to make where the cloud has no network for one of the origin: on which VLAN, with which subnet, for whom else, and what a trunk needs. */
import type { InventoryNetwork } from '../../main/shared/inventory.ts';
import { isLinkLocal } from '../../main/shared/proposals/address.ts';

/** Network, broadcast, gateway, and two servers of DHCP. */
const TAKEN_ADDRESSES = 5;
/** So many bits of an address are taken for its subnet where nobody tells how many they are. */
const USUAL_PREFIX = 24;

export interface NetworkToMake {
  readonly name: string;
  readonly vlanId: number | null;
  readonly datacenter: InventoryNetwork['datacenter'];
  /** Those that cards need. */
  readonly addresses: number;
  readonly known: readonly string[];
  /** How many cards have an address in each. */
  readonly subnets: ReadonlyMap<string, number>;
}

/** Those that are one network: of one VLAN in one data centre, with addresses of one subnet as far as any are told. */
export function madeTogether<T extends NetworkToMake>(networks: readonly T[]): readonly (readonly [T, ...T[]])[] {
  const found: [T, ...T[]][] = [];
  for (const network of networks) {
    const own = found.find(([first]) => areOne(first, network));
    if (own === undefined) found.push([network]);
    else own.push(network);
  }
  return found;
}

function areOne(a: NetworkToMake, b: NetworkToMake): boolean {
  if (hasNoVlan(a) || a.vlanId !== b.vlanId || a.datacenter !== b.datacenter) return false;
  if ([...a.subnets.keys()].some((subnet) => b.subnets.has(subnet))) return true;
  const [first, second] = [rangesOf(a), rangesOf(b)];
  return first.size === 0 || second.size === 0 || [...first].some((range) => second.has(range));
}

const hasNoVlan = ({ vlanId }: NetworkToMake): boolean => vlanId === null || vlanId === 0;

const rangesOf = ({ known }: NetworkToMake): ReadonlySet<number> =>
  new Set(valuesOf(known).map((value) => Math.floor(value / 2 ** (32 - USUAL_PREFIX))));

/** “a network on VLAN 12 with 192.0.2.0/24, as its guests have it”. */
export function madeText(all: readonly [NetworkToMake, ...NetworkToMake[]]): string {
  const [first, ...others] = all;
  const vlan = hasNoVlan(first) ? 'a network' : `a network on VLAN ${first.vlanId}`;
  const forWhom =
    others.length === 0
      ? ''
      : `, one for “${first.name}” and ${others.map(({ name }) => `“${name}”`).join(', ')}, which have the same VLAN`;
  return `${vlan} ${subnetText(all)}${forWhom}`;
}

function subnetText(all: readonly NetworkToMake[]): string {
  const subnets = new Map<string, number>();
  for (const [subnet, cards] of all.flatMap((one) => [...one.subnets]))
    subnets.set(subnet, (subnets.get(subnet) ?? 0) + cards);
  const told = [...subnets].sort(([, a], [, b]) => b - a).slice(0, 3);
  if (told.length > 0) return `with ${told.map(([subnet]) => subnet).join(', ')}, as its guests have it`;
  const values = valuesOf(all.flatMap(({ known }) => known)).sort((a, b) => a - b);
  const [first, last] = [values[0], values.at(-1)];
  if (first !== undefined && last !== undefined)
    return `with the subnet that its guests have (${first === last ? dotted(first) : `${dotted(first)} to ${dotted(last)}`} seen), where they are to keep their addresses`;
  const addresses = all.reduce((sum, one) => sum + one.addresses, 0);
  const prefix = 32 - Math.ceil(Math.log2(addresses + TAKEN_ADDRESSES));
  return `with room for ${addresses === 1 ? 'one address' : `${addresses} addresses`} (a /${Math.max(8, Math.min(28, prefix))})`;
}

/** What a port in the cloud does not do by itself: it is on one network, without VLANs. */
export const trunkText = (vlans: readonly string[]): string =>
  `It is a trunk (VLANs ${vlans.join(', ')}): each VLAN that its guests tag needs a network of its own; give a guest a card for each before, or make a trunk with subports of its port afterwards.`;

/** Of IPv4. */
const valuesOf = (addresses: readonly string[]): number[] =>
  addresses
    .filter((address) => !isLinkLocal(address))
    .map((address) => address.split('.').map(Number))
    .filter((bytes) => bytes.length === 4)
    .map((bytes) => bytes.reduce((sum, byte) => sum * 256 + byte, 0));

export const dotted = (value: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
