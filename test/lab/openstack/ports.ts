/** Neutron's ports: made with chosen MAC and addresses, bound to servers, removed. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { allocate, newMac } from './addresses.ts';
import { timeNow, type Cloud } from './cloud.ts';
import { find, list, mustMayWrite, selected, tagRoutes } from './network-listing.ts';
import { on, Refusal, type Call, type Route, type SignedIn } from './web.ts';
import type { LabNetwork, LabPort } from './words.ts';

const mac = z.string().regex(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i, 'is not a valid MAC address');
const fixedIps = z.array(z.strictObject({ subnet_id: z.string().optional(), ip_address: z.string().optional() }));
const Changes = z
  .strictObject({
    name: z.string().max(255),
    description: z.string().max(255),
    admin_state_up: z.boolean(),
    mac_address: mac,
    fixed_ips: fixedIps,
    security_groups: z.array(z.string()),
    allowed_address_pairs: z.array(z.strictObject({ ip_address: z.string(), mac_address: z.string().optional() })),
    port_security_enabled: z.boolean(),
    'binding:vnic_type': z.string(),
    device_id: z.string(),
    device_owner: z.string(),
  })
  .partial();
const NewPort = z.strictObject({
  port: Changes.extend({ network_id: z.string(), tenant_id: z.string().optional(), project_id: z.string().optional() }),
});
const PortChange = z.strictObject({ port: Changes });
type PortChanges = z.infer<typeof Changes>;

export function portRoutes(cloud: Cloud): Route[] {
  const visible = ({ who }: Call): LabPort[] =>
    [...cloud.ports.values()].filter(({ projectId }) => who.isAdmin || projectId === who.projectId);
  const portOf = (call: Call): LabPort => find(visible(call), call, 'Port');
  return [
    on('GET', '/v2.0/ports', (call) => list('ports', visible(call), portBody, call, cloud.settings.pageSize)),
    on('POST', '/v2.0/ports', async (call) => {
      mustMayWrite(call.who, 'create_port');
      const { port: given } = await call.json(NewPort);
      const network = networkFor(cloud, given.network_id, call.who);
      if (network.isExternal && !call.who.isAdmin)
        throw new Refusal(403, 'rule:create_port is disallowed by policy', 'HTTPForbidden');
      mustMayLoosen(network, given, call.who, 'create_port');
      const port = makePort(cloud, network, given, call.who.projectId);
      return { status: 201, body: { port: portBody(port) } };
    }),
    on('GET', '/v2.0/ports/:id', (call) => ({ status: 200, body: { port: selected(portBody(portOf(call)), call) } })),
    on('PUT', '/v2.0/ports/:id', async (call) => {
      mustMayWrite(call.who, 'update_port');
      const port = portOf(call);
      const { port: given } = await call.json(PortChange);
      mustMayLoosen(cloud.networks.get(port.networkId), given, call.who, 'update_port');
      change(cloud, port, given);
      return { status: 200, body: { port: portBody(port) } };
    }),
    on('DELETE', '/v2.0/ports/:id', (call) => {
      mustMayWrite(call.who, 'delete_port');
      const port = portOf(call);
      if (port.deviceOwner.startsWith('network:router'))
        throw new Refusal(
          409,
          `Port ${port.id} cannot be deleted directly via the port API: has device owner ${port.deviceOwner}.`,
          'ServicePortInUse',
        );
      removePort(cloud, port);
      return { status: 204 };
    }),
    ...tagRoutes('/v2.0/ports', 'Port', visible),
  ];
}

/** @throws Refusal 404 */
export function networkFor(cloud: Cloud, id: string, who: SignedIn): LabNetwork {
  const network = cloud.networks.get(id);
  if (network === undefined || !isSeen(network, who))
    throw new Refusal(404, `Network ${id} could not be found.`, 'NetworkNotFound');
  return network;
}

export function isSeen(network: LabNetwork, who: SignedIn): boolean {
  return who.isAdmin || network.isShared || network.isExternal || network.projectId === who.projectId;
}

/** What a port may send besides its own is a matter of whoever owns the network. @throws Refusal 403 */
function mustMayLoosen(network: LabNetwork | undefined, given: PortChanges, who: SignedIn, rule: string): void {
  if (who.isAdmin || network === undefined || network.projectId === who.projectId) return;
  for (const field of ['port_security_enabled', 'allowed_address_pairs'] as const)
    if (given[field] !== undefined)
      throw new Refusal(403, `(rule:${rule} and rule:${rule}:${field}) is disallowed by policy`, 'PolicyNotAuthorized');
}

/** Makes a port as Neutron would, quota and conflicts included. @throws Refusal */
export function makePort(cloud: Cloud, network: LabNetwork, given: PortChanges, projectId: string): LabPort {
  const { ports: limit } = cloud.quotas;
  const used = [...cloud.ports.values()].filter((port) => port.projectId === projectId).length;
  if (limit >= 0 && used >= limit) throw new Refusal(409, "Quota exceeded for resources: ['port'].", 'OverQuota');
  const id = randomUUID();
  const own = [...cloud.securityGroups.values()].find(
    (group) => group.projectId === projectId && group.name === 'default',
  );
  const port: LabPort = {
    id,
    projectId,
    networkId: network.id,
    createdAt: timeNow(),
    name: '',
    description: '',
    mac: given.mac_address === undefined ? newMac() : freeMac(cloud, network, given.mac_address, id),
    fixedIps: allocate(cloud, network, given.fixed_ips, id),
    securityGroups: own === undefined ? [] : [own.id],
    addressPairs: [],
    isAdminUp: true,
    hasPortSecurity: network.hasPortSecurity,
    vnicType: 'normal',
    deviceId: '',
    deviceOwner: '',
    status: 'DOWN',
    tags: [],
    isNovas: false,
  };
  const { mac_address: _mac, fixed_ips: _ips, ...rest } = given;
  change(cloud, port, rest);
  cloud.ports.set(id, port);
  return port;
}

function change(cloud: Cloud, port: LabPort, given: PortChanges): void {
  const network = cloud.networks.get(port.networkId);
  const unknown = given.security_groups?.find((id) => !cloud.securityGroups.has(id));
  if (unknown !== undefined)
    throw new Refusal(404, `Security group ${unknown} does not exist`, 'SecurityGroupNotFound');
  if (network !== undefined && given.mac_address !== undefined) {
    if (port.deviceId !== '' && given.mac_address.toLowerCase() !== port.mac)
      throw new Refusal(409, `Unable to complete operation on port ${port.id}, port is already bound.`, 'PortBound');
    port.mac = freeMac(cloud, network, given.mac_address, port.id);
  }
  if (network !== undefined && given.fixed_ips !== undefined)
    port.fixedIps = allocate(cloud, network, given.fixed_ips, port.id);
  if (given.name !== undefined) port.name = given.name;
  if (given.description !== undefined) port.description = given.description;
  if (given.admin_state_up !== undefined) port.isAdminUp = given.admin_state_up;
  if (given.security_groups !== undefined) port.securityGroups = given.security_groups;
  if (given.port_security_enabled !== undefined) port.hasPortSecurity = given.port_security_enabled;
  const hasPairs = (given.allowed_address_pairs ?? port.addressPairs).length > 0;
  if (!port.hasPortSecurity && hasPairs)
    throw new Refusal(
      409,
      'Port Security must be enabled in order to have allowed address pairs on a port.',
      'AddressPairAndPortSecurityRequired',
    );
  if (!port.hasPortSecurity && (given.security_groups ?? []).length > 0)
    throw new Refusal(
      409,
      'Port has security group associated. Cannot disable port security or IP address until security group is removed.',
      'PortSecurityPortHasSecurityGroup',
    );
  if (!port.hasPortSecurity) port.securityGroups = [];
  if (given['binding:vnic_type'] !== undefined) port.vnicType = given['binding:vnic_type'];
  if (given.device_id !== undefined) port.deviceId = given.device_id;
  if (given.device_owner !== undefined) port.deviceOwner = given.device_owner;
  if (given.allowed_address_pairs !== undefined)
    port.addressPairs = given.allowed_address_pairs.map((pair) => ({
      ip_address: pair.ip_address,
      mac_address: pair.mac_address ?? port.mac,
    }));
}

function freeMac(cloud: Cloud, network: LabNetwork, wanted: string, portId: string): string {
  const address = wanted.toLowerCase();
  const taken = [...cloud.ports.values()].some(
    (port) => port.networkId === network.id && port.mac === address && port.id !== portId,
  );
  if (taken)
    throw new Refusal(
      409,
      `Unable to complete operation for network ${network.id}. The mac address ${address} is in use.`,
      'MacAddressInUse',
    );
  return address;
}

/** The port goes; a floating address that led to it leads nowhere then. */
export function removePort(cloud: Cloud, port: LabPort): void {
  cloud.ports.delete(port.id);
  for (const floating of cloud.floatingIps.values()) {
    if (floating.portId === port.id) Object.assign(floating, { portId: null, fixedAddress: null, status: 'DOWN' });
  }
  for (const server of cloud.servers.values()) server.portIds = server.portIds.filter((id) => id !== port.id);
}

/** The port as Neutron shows it. */
function portBody(port: LabPort): Record<string, unknown> {
  return {
    id: port.id,
    name: port.name,
    network_id: port.networkId,
    tenant_id: port.projectId,
    mac_address: port.mac,
    admin_state_up: port.isAdminUp,
    status: port.status,
    device_id: port.deviceId,
    device_owner: port.deviceOwner,
    fixed_ips: port.fixedIps,
    allowed_address_pairs: port.addressPairs,
    extra_dhcp_opts: [],
    security_groups: port.securityGroups,
    description: port.description,
    'binding:vnic_type': port.vnicType,
    port_security_enabled: port.hasPortSecurity,
    tags: port.tags,
    created_at: port.createdAt,
    updated_at: port.createdAt,
    revision_number: 1,
    project_id: port.projectId,
  };
}
