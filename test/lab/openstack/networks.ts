/** Neutron as a service: networks, subnets, security groups, routers, quotas, beside its ports and floating addresses. */
import { randomUUID } from 'node:crypto';
import { nextFree, newMac, rangeOf, toAddress, usedOn } from './addresses.ts';
import { availabilityBody } from './availability.ts';
import { timeNow, type Cloud } from './cloud.ts';
import { floatingIpRoutes } from './floating-ips.ts';
import { find, list, selected } from './network-listing.ts';
import { isSeen, portRoutes } from './ports.ts';
import { on, open, Refusal, type Call, type Route, type Service } from './web.ts';
import type { LabNetwork, LabSecurityGroup, LabSubnet, NetworkSpec, Project } from './words.ts';

export function networkService(cloud: Cloud): Service {
  return {
    prefix: '/network',
    idHeaders: ['x-openstack-request-id'],
    refuse: ({ status, message, kind, headers }) => ({
      status,
      headers,
      body:
        status === 401
          ? { error: { code: 401, title: 'Unauthorized', message } }
          : { NeutronError: { type: kind ?? TYPES[status] ?? 'HTTPBadRequest', message, detail: '' } },
    }),
    routes: [
      open('GET', '/', ({ base }) => ({
        status: 200,
        body: { versions: [{ id: 'v2.0', status: 'CURRENT', links: [{ rel: 'self', href: `${base}/v2.0/` }] }] },
      })),
      on('GET', '/v2.0', () => ({ status: 200, body: { resources: [] } })),
      on('GET', '/v2.0/extensions', () => ({
        status: 200,
        body: { extensions: EXTENSIONS.map((alias) => ({ alias, name: alias, description: '', links: [] })) },
      })),
      ...networkRoutes(cloud),
      ...portRoutes(cloud),
      ...floatingIpRoutes(cloud),
      ...groupRoutes(cloud),
      ...quotaRoutes(cloud),
    ],
  };
}

const TYPES: Record<number, string> = { 403: 'HTTPForbidden', 404: 'HTTPNotFound', 405: 'HTTPMethodNotAllowed' };
const EXTENSIONS = [
  'allowed-address-pairs',
  'external-net',
  'port-security',
  'quotas',
  'quota_details',
  'router',
  'security-group',
  'standard-attr-description',
  'standard-attr-tag',
];

function networkRoutes(cloud: Cloud): Route[] {
  const visible = ({ who }: Call): LabNetwork[] => [...cloud.networks.values()].filter((one) => isSeen(one, who));
  const subnets = (call: Call): LabSubnet[] => visible(call).flatMap((network) => network.subnets);
  const shown =
    ({ who }: Call) =>
    (network: LabNetwork) =>
      networkBody(network, who.isAdmin);
  const projectOf = (subnet: LabSubnet): string => cloud.networks.get(subnet.networkId)?.projectId ?? '';
  const most = cloud.settings.pageSize;
  return [
    on('GET', '/v2.0/networks', (call) => list('networks', visible(call), shown(call), call, most)),
    on('GET', '/v2.0/networks/:id', (call) => {
      const network = find(visible(call), call, 'Network');
      return { status: 200, body: { network: selected(shown(call)(network), call) } };
    }),
    on('GET', '/v2.0/subnets', (call) =>
      list('subnets', subnets(call), (subnet) => subnetBody(subnet, projectOf(subnet)), call, most),
    ),
    on('GET', '/v2.0/subnets/:id', (call) => {
      const subnet = find(subnets(call), call, 'Subnet');
      return { status: 200, body: { subnet: subnetBody(subnet, projectOf(subnet)) } };
    }),
    on('GET', '/v2.0/network-ip-availabilities', (call) => {
      // Others than administrators are not refused: they are told of none.
      const told = call.who.isAdmin ? visible(call).map((network) => availabilityBody(cloud, network)) : [];
      return { status: 200, body: { network_ip_availabilities: told } };
    }),
    on('GET', '/v2.0/routers', (call) => ({ status: 200, body: { routers: [routerBody(cloud, call)].flat() } })),
  ];
}

function groupRoutes(cloud: Cloud): Route[] {
  const visible = ({ who }: Call): LabSecurityGroup[] =>
    [...cloud.securityGroups.values()].filter(({ projectId }) => who.isAdmin || projectId === who.projectId);
  return [
    on('GET', '/v2.0/security-groups', (call) =>
      list('security_groups', visible(call), groupBody, call, cloud.settings.pageSize),
    ),
    on('GET', '/v2.0/security-groups/:id', (call) => ({
      status: 200,
      body: { security_group: groupBody(find(visible(call), call, 'SecurityGroup')) },
    })),
  ];
}

function quotaRoutes(cloud: Cloud): Route[] {
  const detail = (project: string): Record<string, { limit: number; used: number; reserved: number }> => {
    const count = (all: Iterable<{ readonly projectId: string }>): number =>
      [...all].filter(({ projectId }) => projectId === project).length;
    const of = (limit: number, used: number) => ({ limit, used, reserved: 0 });
    return {
      network: of(100, count(cloud.networks.values())),
      subnet: of(
        100,
        [...cloud.networks.values()].filter((one) => one.projectId === project).flatMap((one) => one.subnets).length,
      ),
      port: of(cloud.quotas.ports, count(cloud.ports.values())),
      router: of(10, 1),
      floatingip: of(cloud.quotas.floatingIps, count(cloud.floatingIps.values())),
      security_group: of(10, count(cloud.securityGroups.values())),
      security_group_rule: of(100, 4),
    };
  };
  const mustBeOwn = (call: Call): string => {
    const project = call.param('project');
    if (project !== call.who.projectId && !call.who.isAdmin)
      throw new Refusal(403, 'Only admin is authorized to access quotas for another tenant', 'AdminRequired');
    return project;
  };
  return [
    on('GET', '/v2.0/quotas/:project', (call) => {
      const limits = Object.entries(detail(mustBeOwn(call))).map(([name, { limit }]) => [name, limit]);
      return { status: 200, body: { quota: Object.fromEntries(limits) } };
    }),
    on('GET', '/v2.0/quotas/:project/details.json', (call) => ({
      status: 200,
      body: { quota: detail(mustBeOwn(call)) },
    })),
    on('GET', '/v2.0/quotas/:project/details', (call) => ({ status: 200, body: { quota: detail(mustBeOwn(call)) } })),
  ];
}

/** Makes a network with its subnets, and the ports that Neutron itself has there: DHCP takes the pool's first address. */
export function makeNetwork(cloud: Cloud, spec: NetworkSpec, owner: Project): LabNetwork {
  const id = randomUUID();
  const network: LabNetwork = {
    id,
    name: spec.name,
    projectId: owner.id,
    type: spec.type,
    segmentationId: spec.segmentationId ?? null,
    mtu: spec.mtu ?? (spec.type === 'vxlan' ? 1450 : 1500),
    isExternal: spec.isExternal ?? false,
    isShared: spec.isShared ?? false,
    isRouted: spec.isRouted ?? false,
    hasPortSecurity: spec.hasPortSecurity ?? true,
    subnets: spec.subnets.map((subnet) => {
      const { first, last } = rangeOf(subnet.cidr);
      const [start, end] = subnet.pool ?? [toAddress(first + 2), toAddress(last - 1)];
      return {
        id: randomUUID(),
        name: subnet.name,
        networkId: id,
        cidr: subnet.cidr,
        gateway: subnet.gateway === undefined ? toAddress(first + 1) : subnet.gateway,
        pools: [{ start, end }],
        hasDhcp: subnet.hasDhcp ?? true,
        dnsServers: subnet.dnsServers ?? [],
      };
    }),
  };
  cloud.networks.set(id, network);
  for (const subnet of network.subnets) {
    if (subnet.hasDhcp) {
      const { ip_address: address } = nextFree(network, [subnet], usedOn(cloud, network));
      addOwnPort(cloud, network, subnet, 'network:dhcp', address);
    }
    if (network.isRouted && subnet.gateway !== null)
      addOwnPort(cloud, network, subnet, 'network:router_interface', subnet.gateway);
  }
  return network;
}

function addOwnPort(cloud: Cloud, network: LabNetwork, subnet: LabSubnet, owner: string, address: string): void {
  const id = randomUUID();
  cloud.ports.set(id, {
    id,
    projectId: network.projectId,
    networkId: network.id,
    createdAt: timeNow(),
    name: '',
    description: '',
    mac: newMac(),
    fixedIps: [{ subnet_id: subnet.id, ip_address: address }],
    securityGroups: [],
    addressPairs: [],
    isAdminUp: true,
    hasPortSecurity: false,
    vnicType: 'normal',
    deviceId: owner,
    deviceOwner: owner,
    status: 'ACTIVE',
    tags: [],
    isNovas: false,
  });
}

/** The security groups that a project begins with. */
export function makeGroups(cloud: Cloud, project: Project): void {
  const rule = (direction: string, protocol: string | null) => ({
    id: randomUUID(),
    direction,
    ethertype: 'IPv4',
    protocol,
  });
  const add = (name: string, description: string, rules: Record<string, unknown>[]): void => {
    const id = randomUUID();
    cloud.securityGroups.set(id, { id, projectId: project.id, name, description, rules });
  };
  add('default', 'Default security group', [rule('egress', null)]);
  add('open', 'ICMP and TCP from anywhere', [rule('egress', null), rule('ingress', 'icmp'), rule('ingress', 'tcp')]);
}

function networkBody(network: LabNetwork, isAdmin: boolean): Record<string, unknown> {
  const provider = {
    'provider:network_type': network.type,
    'provider:physical_network': network.type === 'vxlan' ? null : 'physnet1',
    'provider:segmentation_id': network.segmentationId,
  };
  return {
    id: network.id,
    name: network.name,
    tenant_id: network.projectId,
    admin_state_up: true,
    mtu: network.mtu,
    status: 'ACTIVE',
    subnets: network.subnets.map(({ id }) => id),
    shared: network.isShared,
    availability_zone_hints: [],
    availability_zones: ['nova'],
    'router:external': network.isExternal,
    description: '',
    port_security_enabled: network.hasPortSecurity,
    tags: [],
    project_id: network.projectId,
    ...(isAdmin ? provider : {}),
  };
}

function subnetBody(subnet: LabSubnet, projectId: string): Record<string, unknown> {
  return {
    id: subnet.id,
    name: subnet.name,
    tenant_id: projectId,
    network_id: subnet.networkId,
    ip_version: 4,
    subnetpool_id: null,
    enable_dhcp: subnet.hasDhcp,
    ipv6_ra_mode: null,
    ipv6_address_mode: null,
    gateway_ip: subnet.gateway,
    cidr: subnet.cidr,
    allocation_pools: subnet.pools,
    host_routes: [],
    dns_nameservers: subnet.dnsServers,
    description: '',
    service_types: [],
    tags: [],
    project_id: projectId,
  };
}

function groupBody(group: LabSecurityGroup): Record<string, unknown> {
  const { id, name, description, projectId, rules } = group;
  return {
    id,
    name,
    stateful: true,
    tenant_id: projectId,
    description,
    security_group_rules: rules.map((rule) => ({ ...rule, security_group_id: id })),
    tags: [],
    project_id: projectId,
  };
}

function routerBody(cloud: Cloud, { who }: Call): object[] {
  const external = [...cloud.networks.values()].find((network) => network.isExternal);
  const isOwn = [...cloud.networks.values()].some(
    (one) => one.isRouted && (who.isAdmin || one.projectId === who.projectId),
  );
  if (external === undefined || !isOwn) return [];
  const gateway = { network_id: external.id, enable_snat: true, external_fixed_ips: [] };
  return [
    { id: ROUTER_ID, name: 'gw', status: 'ACTIVE', admin_state_up: true, external_gateway_info: gateway, tags: [] },
  ];
}

const ROUTER_ID = randomUUID();
