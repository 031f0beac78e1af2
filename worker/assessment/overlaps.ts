/** Networks whose subnets overlap: as they are in the cloud, or as their guests have them where they are still to be made. */
import type { AssessedNetwork, Hurt } from '../../main/shared/assessment.ts';
import type { CloudFacts } from '../../main/shared/cloud.ts';
import { things } from '../../main/shared/figures.ts';
import { isNameless } from '../../main/shared/estate.ts';
import type { InventoryNic, InventoryVm } from '../../main/shared/inventory.ts';
import { usableNetworks } from '../../main/shared/proposals/networks.ts';
import { some } from './hurt-words.ts';
import { subnetsOf } from './networking.ts';

/** Networks that are named of one range. */
const MOST_OF_RANGE = 4;

interface Piece {
  readonly cidr: string;
  readonly first: number;
  readonly last: number;
  readonly network: AssessedNetwork;
  /** The same for what becomes one network. */
  readonly becomes: string;
}

/** Of guests whose prefixes nobody tells, as exports do, nothing is said. */
export function overlaps(
  networks: readonly AssessedNetwork[],
  vms: readonly InventoryVm[],
  cloud: Pick<CloudFacts, 'networks'> | null,
): Hurt[] {
  const byGuests = guestSubnets(vms);
  const pieces = networks.flatMap((network) => {
    const { to, ref, name, with: other } = network;
    const becomes = to === null ? `new ${other ?? ref ?? name}` : `known ${to.name}`;
    const cidrs = to === null ? [...(byGuests.get(ref ?? name) ?? [])] : cloudSubnets(to.name, cloud);
    return cidrs.flatMap((cidr) => pieceOf(cidr, network, becomes));
  });
  return some(
    rangesOf(pieces),
    (count) =>
      `${things(count, 'range')} of addresses ${count === 1 ? 'is' : 'are'} in several networks, which no router of the cloud can serve together`,
    aboutOf,
  );
}

/** Subnets contain each other or have nothing in common: the first of each range contains all the others. */
function rangesOf(pieces: readonly Piece[]): Piece[][] {
  const ranges: Piece[][] = [];
  let last = -1;
  for (const piece of pieces.toSorted((a, b) => a.first - b.first || b.last - a.last))
    if (piece.first <= last) ranges.at(-1)?.push(piece);
    else {
      ranges.push([piece]);
      last = piece.last;
    }
  return ranges.filter((range) => new Set(range.map(({ becomes }) => becomes)).size > 1);
}

function aboutOf(range: readonly Piece[]): string {
  const vlans = new Set(range.map(({ network: { to, vlanId } }) => (to === null && vlanId !== 0 ? vlanId : null)));
  const isOneVlan = vlans.size === 1 && !vlans.has(null);
  const named = range.slice(0, MOST_OF_RANGE).map(({ cidr, network: { name, vlanId, to } }) => {
    const facts = [
      ...(vlanId === null || vlanId === 0 ? [] : [`VLAN ${vlanId}`]),
      ...(to === null ? [] : [`becomes “${to.name}”`]),
    ];
    return `${cidr} in “${name}”${facts.length === 0 ? '' : ` (${facts.join(', ')})`}`;
  });
  const more = range.length - named.length;
  return `${named.join(' and ')}${more > 0 ? ` and ${more} more` : ''}${isOneVlan ? ': on one VLAN, so that one network may do' : ''}`;
}

function guestSubnets(vms: readonly InventoryVm[]): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const { nic, ref } of vms.flatMap(({ nics, ref }) => nics.map((nic) => ({ nic, ref })))) {
    const key = nic.network ?? nic.networkName;
    if (key === null) continue;
    const subnets = found.get(key) ?? new Set();
    found.set(key, subnets);
    for (const cidr of subnetsOf(isNameless(ref) ? ofKeptLength(nic) : nic)) subnets.add(cidr);
  }
  return found;
}

/** Without names, what was in one subnet of 256 still is; larger ones are nobody’s any more. */
const ofKeptLength = ({ ipAddresses, ...nic }: InventoryNic): InventoryNic => ({
  ...nic,
  ipAddresses: ipAddresses.filter(({ prefixLength }) => (prefixLength ?? 0) >= 24),
});

/** None where several networks have the name. */
function cloudSubnets(name: string, cloud: Pick<CloudFacts, 'networks'> | null): readonly string[] {
  const [network, other] = cloud === null ? [] : usableNetworks(cloud).filter((one) => one.name === name);
  return other === undefined && network !== undefined ? network.subnets.map(({ cidr }) => cidr) : [];
}

/** Of IPv4 alone. */
function pieceOf(cidr: string, network: AssessedNetwork, becomes: string): Piece[] {
  const [address = '', length = ''] = cidr.split('/');
  const bytes = address.split('.').map(Number);
  if (bytes.length !== 4 || !/^\d{1,2}$/.test(length)) return [];
  const size = 2 ** (32 - Number(length));
  const value = bytes.reduce((sum, byte) => sum * 256 + byte, 0);
  const first = Math.floor(value / size) * size;
  return [{ cidr, first, last: first + size - 1, network, becomes }];
}
