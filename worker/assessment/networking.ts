/** What the networks become, and how many addresses their machines need there. */
import type { AssessedNetwork } from '../../main/shared/assessment.ts';
import type { CloudFacts, CloudNetwork } from '../../main/shared/cloud.ts';
import { isNameless, type Estate } from '../../main/shared/estate.ts';
import { things } from '../../main/shared/figures.ts';
import type { InventoryNic, InventoryVm } from '../../main/shared/inventory.ts';
import { isLinkLocal } from '../../main/shared/proposals/address.ts';
import { networkNeeds } from '../../main/shared/proposals/needs.ts';
import { proposeNetwork } from '../../main/shared/proposals/networks.ts';
import { dotted, madeText, madeTogether, trunkText } from './networks-to-make.ts';

interface Demand {
  addresses: number;
  readonly subnets: Map<string, number>;
  /** Of its cards, where it is not said of the network. */
  trunk: readonly string[] | undefined;
}

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
  const demand = new Map<string, Demand>();
  for (const { nics } of machines)
    for (const nic of nics) {
      const key = nic.network ?? nic.networkName;
      if (key === null) continue;
      const entry: Demand = demand.get(key) ?? { addresses: 0, subnets: new Map(), trunk: undefined };
      entry.addresses += addressesOf(nic);
      entry.trunk ??= nic.trunk;
      for (const subnet of subnetsOf(nic)) entry.subnets.set(subnet, (entry.subnets.get(subnet) ?? 0) + 1);
      demand.set(key, entry);
    }
  const knownOf = new Map(networks.map((one) => [one.ref, one]));
  // Without names, addresses stand for others: that the cloud has them says nothing.
  const isTelling = !machines.some(({ ref }) => isNameless(ref));
  const needs = networkNeeds(machines, networks)
    .sort((a, b) => b.cards - a.cards)
    .map(({ name, ref, vlanId, machines: count, cards, addresses: known }) => ({
      name,
      ref,
      vlanId,
      machines: count,
      cards,
      known,
      ...(demand.get(ref ?? name) ?? { addresses: cards, subnets: new Map<string, number>(), trunk: undefined }),
      datacenter: knownOf.get(ref ?? '')?.datacenter ?? null,
      found: cloud === null ? null : proposeNetwork({ name, vlanId, addresses: isTelling ? known : [] }, cloud),
    }));
  const groups = madeTogether(needs.filter(({ found }) => found === null));
  const groupOf = new Map(groups.flatMap((group) => group.map((need) => [need, group] as const)));
  return needs.map((need): AssessedNetwork => {
    const { name, ref, vlanId, machines: count, cards, addresses, known, found } = need;
    const free = found === null || cloud === null ? null : freeOf(found.network, cloud);
    const group = groupOf.get(need) ?? [need];
    const trunk = knownOf.get(ref ?? '')?.trunk ?? need.trunk;
    const proposal =
      found === null
        ? group[0] === need
          ? `${cloud === null ? 'Make' : 'Nothing in the cloud speaks for itself: choose a network, or make'} ${madeText(group)}.`
          : `Comes onto the network of “${group[0].name}”, which has the same VLAN.`
        : free !== null && free < addresses
          ? `“${found.network.name}” has room for ${free} of ${things(addresses, 'address', 'addresses')}.`
          : `Becomes “${found.network.name}” (${reasons[found.why]}).`;
    return {
      name,
      ref,
      vlanId,
      machines: count,
      cards,
      addresses,
      known: known.length,
      to: found === null ? null : { name: found.network.name, why: found.why, free },
      ...(group[0] === need ? {} : { with: group[0].ref ?? group[0].name }),
      proposal: trunk === undefined ? proposal : `${proposal} ${trunkText(trunk)}`,
    };
  });
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
