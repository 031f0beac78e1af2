/** Holds the addresses that a wave takes against those that are free in each subnet. */
import type { CloudFacts, CloudNetwork, CloudSubnet } from '../../main/shared/cloud.ts';
import { liesBetween } from '../../main/shared/proposals/address.ts';
import type { RehearsedSubnet } from '../../main/shared/rehearsal.ts';
import type { Demand } from './demand.ts';

interface Taken {
  fixed: number;
  needs: number;
  earlier: number;
}

/** Subnets of which the wave takes nothing are left out. */
export function subnetLines(demands: readonly Demand[], cloud: CloudFacts): RehearsedSubnet[] {
  const taken = new Map<string, Taken>();
  const of = (subnet: CloudSubnet): Taken => {
    const own = taken.get(subnet.id) ?? { fixed: 0, needs: 0, earlier: 0 };
    taken.set(subnet.id, own);
    return own;
  };
  const freeIn = (subnet: CloudSubnet): number => {
    const { needs, earlier } = of(subnet);
    return (cloud.freeAddresses?.[subnet.id] ?? Infinity) - needs - earlier;
  };
  /** The cloud takes one of whichever subnet has some left. */
  const takeAny = (network: CloudNetwork, isEarlier: boolean): void => {
    const subnets = network.subnets.filter(({ ipVersion, pools }) => ipVersion === 4 && pools.length > 0);
    const subnet = subnets.find((one) => freeIn(one) > 0) ?? subnets.at(-1);
    if (subnet !== undefined) of(subnet)[isEarlier ? 'earlier' : 'needs'] += 1;
  };
  const ordered = [...demands].sort((a, b) => Number(b.isEarlier) - Number(a.isEarlier));
  for (const { ports, isEarlier } of ordered)
    for (const { networkId, fixedIps } of ports) {
      const network = cloud.networks.find(({ id }) => id === networkId);
      for (const { subnetId, address } of fixedIps) {
        const subnet = network?.subnets.find(({ id }) => id === subnetId);
        if (subnet === undefined) continue;
        if (!isEarlier) of(subnet).fixed += 1;
        const isOfPool = subnet.pools.some(({ start, end }) => liesBetween(address, start, end));
        if (isOfPool) of(subnet)[isEarlier ? 'earlier' : 'needs'] += 1;
      }
      if (network !== undefined && fixedIps.length === 0) takeAny(network, isEarlier);
    }
  for (const { floatingNetworkId, isEarlier } of ordered) {
    const network = cloud.networks.find(({ id }) => id === floatingNetworkId);
    if (network !== undefined) takeAny(network, isEarlier);
  }
  return cloud.networks.flatMap((network) =>
    network.subnets.flatMap((subnet) => {
      const own = taken.get(subnet.id);
      return own === undefined || own.fixed + own.needs === 0 ? [] : [lineOf(network, subnet, own, cloud)];
    }),
  );
}

function lineOf(network: CloudNetwork, subnet: CloudSubnet, own: Taken, cloud: CloudFacts): RehearsedSubnet {
  const free = cloud.freeAddresses?.[subnet.id] ?? null;
  return {
    id: subnet.id,
    name: subnet.name,
    network: network.name,
    cidr: subnet.cidr,
    ...own,
    free,
    counted: free === null ? null : (cloud.freeAddressesBy ?? null),
    short: free === null || own.needs === 0 ? 0 : Math.max(0, own.needs + own.earlier - free),
  };
}
