/** What Neutron has for a machine: networks with their subnets, security groups, addresses that are taken, and its quota. */
import { z } from 'zod';
import type { CloudFacts, CloudNetwork, CloudSubnet } from '../../../main/shared/cloud.ts';
import { all, ifAllowed, quota } from './allowed.ts';
import type { CloudSession } from './cloud-session.ts';
import { availableAddresses, freeAddressFacts, type FreeAddressFacts } from './free-addresses.ts';

type NetworkFacts = Pick<CloudFacts, 'networks' | 'securityGroups' | 'ports' | 'networkExtensions'> & FreeAddressFacts;
type NetworkQuotas = Pick<CloudFacts['quotas'], 'ports' | 'floatingIps'>;

const Network = z.object({
  id: z.string().min(1),
  name: z.string(),
  project_id: z.string().nullish(),
  shared: z.boolean().default(false),
  'router:external': z.boolean().default(false),
  mtu: z.number().int().nullish(),
  'provider:network_type': z.string().nullish(),
  'provider:segmentation_id': z.number().int().nullish(),
  port_security_enabled: z.boolean().nullish(),
});
type Network = z.infer<typeof Network>;
const Subnet = z.object({
  id: z.string().min(1),
  name: z.string(),
  network_id: z.string(),
  cidr: z.string(),
  ip_version: z.union([z.literal(4), z.literal(6)]),
  enable_dhcp: z.boolean(),
  gateway_ip: z.string().nullish(),
  allocation_pools: z.array(z.object({ start: z.string(), end: z.string() })).default([]),
  dns_nameservers: z.array(z.string()).default([]),
  ipv6_address_mode: z.string().nullish(),
  ipv6_ra_mode: z.string().nullish(),
});
type Subnet = z.infer<typeof Subnet>;
const SecurityGroup = z.object({ id: z.string().min(1), name: z.string(), project_id: z.string().nullish() });
const Port = z.object({
  id: z.string().min(1),
  mac_address: z.string(),
  network_id: z.string().min(1),
  fixed_ips: z.array(z.object({ ip_address: z.string() })).default([]),
  name: z.string().nullish(),
  device_owner: z.string().nullish(),
});
const Extension = z.object({ alias: z.string() });
const Usage = z.object({ limit: z.number(), used: z.number(), reserved: z.number().default(0) }).optional();
const Details = z.object({ quota: z.object({ port: Usage, floatingip: Usage }) });

/** An administrator sees every project's ports; so many of them come in one answer. */
const PORTS_A_PAGE = '1000';

export async function networkFacts(
  session: CloudSession,
  signal: AbortSignal,
): Promise<{ readonly facts: NetworkFacts; readonly quotas: NetworkQuotas }> {
  const { id: projectId } = session.about.project;
  const list = <T>(path: string, key: string, schema: z.ZodType<T>, query = {}): Promise<T[]> =>
    ifAllowed(all(session.list('network', path, key, schema, signal, query)), []);
  const usage = session.request('network', 'GET', `/quotas/${encodeURIComponent(projectId)}/details.json`, {
    schema: Details,
    signal,
  });

  const [networks, subnets, groups, ports, details, extensions, available] = await Promise.all([
    list('/networks', 'networks', Network),
    list('/subnets', 'subnets', Subnet),
    list('/security-groups', 'security_groups', SecurityGroup),
    list('/ports', 'ports', Port, { limit: PORTS_A_PAGE }),
    ifAllowed(usage, { quota: {} }),
    list('/extensions', 'extensions', Extension),
    availableAddresses(session, signal),
  ]);
  // An administrator is shown the things of all projects; those of others are nothing to map to.
  const isAdmin = session.about.roles.includes('admin');
  const isOurs = ({ project_id }: { readonly project_id?: string | null | undefined }): boolean =>
    !isAdmin || project_id === projectId;
  const { port, floatingip } = details.quota;
  const ours = networks
    .filter((network) => isOurs(network) || network.shared || network['router:external'])
    .map((network) => networkOf(network, subnets, projectId));
  const known = ports.map(portOf);
  return {
    facts: {
      networks: ours,
      securityGroups: groups.filter(isOurs).map(({ id, name }) => ({ id, name })),
      ports: known,
      ...freeAddressFacts(ours, known, available),
      // Every Neutron has some: none is a cloud that does not tell.
      ...(extensions.length === 0 ? {} : { networkExtensions: extensions.map(({ alias }) => alias) }),
    },
    quotas: { ports: quotaOf(port), floatingIps: quotaOf(floatingip) },
  };
}

const portOf = ({
  id,
  mac_address,
  network_id,
  fixed_ips,
  name,
  device_owner,
}: z.infer<typeof Port>): CloudFacts['ports'][number] => ({
  id,
  mac: mac_address,
  network: network_id,
  addresses: fixed_ips.map(({ ip_address }) => ip_address),
  ...(typeof name === 'string' ? { name } : {}),
  ...(typeof device_owner === 'string' ? { usedBy: device_owner } : {}),
});

const quotaOf = (usage: z.infer<typeof Usage>): CloudFacts['quotas']['ports'] =>
  quota(usage?.limit, usage === undefined ? 0 : usage.used + usage.reserved);

function networkOf(network: Network, subnets: readonly Subnet[], projectId: string): CloudNetwork {
  const { port_security_enabled: hasPortSecurity, project_id: owner } = network;
  return {
    id: network.id,
    name: network.name,
    isExternal: network['router:external'],
    isShared: network.shared,
    mtu: network.mtu ?? null,
    kind: network['provider:network_type'] ?? null,
    segmentationId: network['provider:segmentation_id'] ?? null,
    subnets: subnets.filter(({ network_id }) => network_id === network.id).map(subnetOf),
    ...(typeof hasPortSecurity === 'boolean' ? { hasPortSecurity } : {}),
    ...(typeof owner === 'string' ? { isOwn: owner === projectId } : {}),
  };
}

function subnetOf(subnet: Subnet): CloudSubnet {
  return {
    id: subnet.id,
    name: subnet.name,
    cidr: subnet.cidr,
    ipVersion: subnet.ip_version,
    hasDhcp: subnet.enable_dhcp,
    gateway: subnet.gateway_ip ?? null,
    pools: subnet.allocation_pools,
    dnsServers: subnet.dns_nameservers,
    ...([subnet.ipv6_address_mode, subnet.ipv6_ra_mode].some(isByMac) ? { isByMac: true } : {}),
  };
}

/** Either of the two is enough for Neutron to refuse an address that is asked for. */
const isByMac = (mode: string | null | undefined): boolean => mode === 'slaac' || mode === 'dhcpv6-stateless';
