/** Neutron's floating addresses: taken from an external network, led to a port behind a router, given back. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { contains, nextFree, usedOn } from './addresses.ts';
import { timeNow, type Cloud } from './cloud.ts';
import { find, list, mustMayWrite, selected, tagRoutes } from './network-listing.ts';
import { networkFor } from './ports.ts';
import { on, Refusal, type Call, type Route } from './web.ts';
import type { LabFloatingIp, LabNetwork } from './words.ts';

const NewFloatingIp = z.strictObject({
  floatingip: z.strictObject({
    floating_network_id: z.string(),
    subnet_id: z.string().optional(),
    floating_ip_address: z.string().optional(),
    port_id: z.string().nullable().optional(),
    fixed_ip_address: z.string().optional(),
    description: z.string().max(255).optional(),
    tenant_id: z.string().optional(),
    project_id: z.string().optional(),
  }),
});
const FloatingIpChange = z.strictObject({
  floatingip: z.strictObject({
    port_id: z.string().nullable().optional(),
    fixed_ip_address: z.string().optional(),
    description: z.string().max(255).optional(),
  }),
});

export function floatingIpRoutes(cloud: Cloud): Route[] {
  const visible = ({ who }: Call): LabFloatingIp[] =>
    [...cloud.floatingIps.values()].filter(({ projectId }) => who.isAdmin || projectId === who.projectId);
  const one = (call: Call): LabFloatingIp => find(visible(call), call, 'FloatingIP');
  return [
    on('GET', '/v2.0/floatingips', (call) =>
      list('floatingips', visible(call), floatingIpBody, call, cloud.settings.pageSize),
    ),
    on('POST', '/v2.0/floatingips', async (call) => {
      mustMayWrite(call.who, 'create_floatingip');
      const { floatingip: given } = await call.json(NewFloatingIp);
      const network = networkFor(cloud, given.floating_network_id, call.who);
      if (!network.isExternal)
        throw new Refusal(
          400,
          `Bad floatingip request: Network ${network.id} is not a valid external network.`,
          'BadRequest',
        );
      mustHaveQuota(cloud, call);
      const floating: LabFloatingIp = {
        id: randomUUID(),
        projectId: call.who.projectId,
        networkId: network.id,
        address: addressFor(cloud, network, given.floating_ip_address),
        createdAt: timeNow(),
        description: given.description ?? '',
        portId: null,
        fixedAddress: null,
        status: 'DOWN',
        tags: [],
      };
      if (given.port_id !== undefined) lead(cloud, floating, given.port_id, call);
      cloud.floatingIps.set(floating.id, floating);
      const body = floatingIpBody(floating); // says DOWN, whatever it becomes
      if (floating.portId !== null) comeUp(cloud, floating);
      return { status: 201, body: { floatingip: body } };
    }),
    on('GET', '/v2.0/floatingips/:id', (call) => ({
      status: 200,
      body: { floatingip: selected(floatingIpBody(one(call)), call) },
    })),
    on('PUT', '/v2.0/floatingips/:id', async (call) => {
      mustMayWrite(call.who, 'update_floatingip');
      const floating = one(call);
      const { floatingip: given } = await call.json(FloatingIpChange);
      if (given.description !== undefined) floating.description = given.description;
      if (given.port_id !== undefined) lead(cloud, floating, given.port_id, call);
      if (floating.portId !== null) comeUp(cloud, floating);
      return { status: 200, body: { floatingip: floatingIpBody(floating) } };
    }),
    on('DELETE', '/v2.0/floatingips/:id', (call) => {
      mustMayWrite(call.who, 'delete_floatingip');
      cloud.floatingIps.delete(one(call).id);
      return { status: 204 };
    }),
    ...tagRoutes('/v2.0/floatingips', 'FloatingIP', visible),
  ];
}

function mustHaveQuota(cloud: Cloud, { who }: Call): void {
  const used = [...cloud.floatingIps.values()].filter(({ projectId }) => projectId === who.projectId).length;
  if (cloud.quotas.floatingIps >= 0 && used >= cloud.quotas.floatingIps)
    throw new Refusal(409, "Quota exceeded for resources: ['floatingip'].", 'OverQuota');
}

function addressFor(cloud: Cloud, network: LabNetwork, wanted: string | undefined): string {
  const used = usedOn(cloud, network);
  if (wanted === undefined) return nextFree(network, network.subnets, used).ip_address;
  if (!network.subnets.some(({ cidr }) => contains(cidr, wanted)))
    throw new Refusal(
      400,
      `IP address ${wanted} is not a valid IP for any of the subnets on the specified network.`,
      'InvalidIpForNetwork',
    );
  if (used.has(wanted))
    throw new Refusal(
      409,
      `IP address ${wanted} already allocated in subnet ${network.subnets[0]?.id ?? ''}`,
      'IpAddressAlreadyAllocated',
    );
  return wanted;
}

/** Leads the address to a port, or nowhere. @throws Refusal when no router joins the two networks */
function lead(cloud: Cloud, floating: LabFloatingIp, portId: string | null, { who }: Call): void {
  if (portId === null) {
    Object.assign(floating, { portId: null, fixedAddress: null, status: 'DOWN' });
    return;
  }
  const port = cloud.ports.get(portId);
  if (port === undefined || (port.projectId !== who.projectId && !who.isAdmin))
    throw new Refusal(404, `Port ${portId} could not be found.`, 'PortNotFound');
  const [fixed] = port.fixedIps;
  if (fixed === undefined)
    throw new Refusal(
      400,
      `Bad floatingip request: Cannot add floating IP to port ${portId} that has no fixed IPv4 addresses.`,
      'BadRequest',
    );
  if (cloud.networks.get(port.networkId)?.isRouted !== true)
    throw new Refusal(
      404,
      `External network ${floating.networkId} is not reachable from subnet ${fixed.subnet_id}.  Therefore, cannot associate Port ${portId} with a Floating IP.`,
      'ExternalGatewayForFloatingIPNotFound',
    );
  const isTaken = [...cloud.floatingIps.values()].some((one) => one.portId === portId && one.id !== floating.id);
  if (isTaken)
    throw new Refusal(
      409,
      `Cannot associate floating IP ${floating.address} (${floating.id}) with port ${portId} using fixed IP ${fixed.ip_address}, as that fixed IP already has a floating IP on external network ${floating.networkId}.`,
      'FloatingIPPortAlreadyAssociated',
    );
  floating.portId = portId;
  floating.fixedAddress = fixed.ip_address;
}

function comeUp(cloud: Cloud, floating: LabFloatingIp): void {
  cloud.later(cloud.settings.buildMs, () => {
    if (floating.portId !== null) floating.status = 'ACTIVE';
  });
}

function floatingIpBody(floating: LabFloatingIp): Record<string, unknown> {
  return {
    id: floating.id,
    tenant_id: floating.projectId,
    floating_ip_address: floating.address,
    floating_network_id: floating.networkId,
    router_id: null,
    port_id: floating.portId,
    fixed_ip_address: floating.fixedAddress,
    status: floating.status,
    description: floating.description,
    port_details: null,
    dns_domain: '',
    dns_name: '',
    port_forwardings: [],
    tags: floating.tags,
    created_at: floating.createdAt,
    updated_at: floating.createdAt,
    revision_number: 0,
    project_id: floating.projectId,
  };
}
