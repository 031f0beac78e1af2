/** Proposes a network of the cloud for a network of the source: by name, by VLAN, by the guests' addresses. */
import type { CloudFacts, CloudNetwork } from '../cloud.ts';
import type { NetworkChoice, ProposedFor } from '../migration.ts';
import { isLinkLocal, isOfMac, liesIn } from './address.ts';

/** What is known of a network of the source, or of one card on it. */
export interface SourceSide {
  readonly name: string | null;
  /** 0 and null tell nothing. */
  readonly vlanId: number | null;
  /** Of the guests on it. */
  readonly addresses: readonly string[];
}

export interface NetworkProposal {
  readonly network: CloudNetwork;
  readonly why: ProposedFor;
}

/** A server can have a port on these. */
export const usableNetworks = ({ networks }: Pick<CloudFacts, 'networks'>): CloudNetwork[] =>
  networks.filter(({ isExternal }) => !isExternal);

/** Null where nothing speaks for one of them, or something for several. */
export function proposeNetwork(
  { name, vlanId, addresses }: SourceSide,
  cloud: Pick<CloudFacts, 'networks'>,
): NetworkProposal | null {
  const candidates = usableNetworks(cloud);
  const byName = candidates.filter((one) => one.name.toLowerCase() === name?.toLowerCase());
  const byVlan =
    vlanId === null || vlanId === 0
      ? []
      : candidates.filter(({ segmentationId, kind }) => kind === 'vlan' && segmentationId === vlanId);
  const bySubnet = candidates.filter((one) => addresses.some((address) => isIn(address, one)));
  const tries = [
    ['name', byName],
    ['vlan', byVlan],
    ['subnet', bySubnet],
    ['only', candidates],
  ] as const;
  for (const [why, some] of tries) {
    const [network] = some;
    if (network !== undefined && some.length === 1) return { network, why };
  }
  return null;
}

/** By id or name, of those that a server can be on. */
export const networkNamed = (name: string, cloud: Pick<CloudFacts, 'networks'>): CloudNetwork | null =>
  usableNetworks(cloud).find((network) => network.id === name || network.name === name) ?? null;

/** A choice that names the network goes before one for all others. */
export function choiceFor(
  { name, ref }: { readonly name: string | null; readonly ref: string | null },
  choices: readonly NetworkChoice[],
): NetworkChoice | undefined {
  return (
    choices.find(({ from }) => from !== null && (from === name || from === ref)) ??
    choices.find(({ from }) => from === null)
  );
}

/** Addresses worth keeping, and which of them the network cannot have. @param mac of the card, where they are one card’s */
export function keepable(
  addresses: readonly string[],
  network: CloudNetwork,
  mac = '',
): { readonly kept: readonly string[]; readonly lost: readonly string[] } {
  const wanted = addresses.filter((address) => !isLinkLocal(address));
  const isKept = (address: string): boolean => {
    const subnet = network.subnets.find(({ cidr }) => liesIn(address, cidr));
    return subnet !== undefined && (subnet.isByMac !== true || isOfMac(address, subnet.cidr, mac));
  };
  return { kept: wanted.filter(isKept), lost: wanted.filter((address) => !isKept(address)) };
}

const isIn = (address: string, { subnets }: CloudNetwork): boolean => subnets.some(({ cidr }) => liesIn(address, cidr));
