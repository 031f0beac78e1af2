/** How many addresses of a network Neutron says are given out: what administrators are told. */
import { contains, toNumber } from './addresses.ts';
import type { Cloud } from './cloud.ts';
import type { LabNetwork } from './words.ts';

/** As Neutron counts: what is used outside of the pools is counted as well. */
export function availabilityBody(cloud: Cloud, network: LabNetwork): object {
  const given = [...cloud.ports.values()].filter(({ networkId }) => networkId === network.id);
  const floating = [...cloud.floatingIps.values()].filter(({ networkId }) => networkId === network.id);
  const taken = [
    ...given.flatMap(({ fixedIps }) => fixedIps.map(({ ip_address: address }) => address)),
    ...floating.map(({ address }) => address),
  ];
  const subnets = network.subnets.map((subnet) => ({
    subnet_id: subnet.id,
    subnet_name: subnet.name,
    cidr: subnet.cidr,
    ip_version: 4,
    total_ips: subnet.pools.reduce((sum, { start, end }) => sum + toNumber(end) - toNumber(start) + 1, 0),
    used_ips: taken.filter((address) => contains(subnet.cidr, address)).length,
  }));
  return {
    network_id: network.id,
    network_name: network.name,
    tenant_id: network.projectId,
    project_id: network.projectId,
    total_ips: subnets.reduce((sum, { total_ips: total }) => sum + total, 0),
    used_ips: subnets.reduce((sum, { used_ips: used }) => sum + used, 0),
    subnet_ip_availability: subnets,
  };
}
