/** Ports in Neutron, one for each network card in the machine's order, and floating addresses. */
import { z } from 'zod';
import type { PlannedPort } from '../../../main/shared/migration.ts';
import { isSameAddress } from '../../../main/shared/proposals/address.ts';
import type { Ledger, ServerSpec } from '../../drivers.ts';
import { makeOnce, unlessGone, type Site } from './making.ts';

export const Port = z.object({
  id: z.string().min(1),
  name: z.string().nullish(),
  network_id: z.string(),
  mac_address: z.string(),
  fixed_ips: z.array(z.object({ subnet_id: z.string(), ip_address: z.string() })),
  device_id: z.string().nullish(),
  port_security_enabled: z.boolean().nullish(),
  allowed_address_pairs: z.array(z.object({ ip_address: z.string() })).nullish(),
});
export type Port = z.infer<typeof Port>;
const OnePort = z.object({ port: Port });

export const FloatingIp = z.object({
  id: z.string().min(1),
  floating_ip_address: z.string(),
  port_id: z.string().nullish(),
  description: z.string().nullish(),
});
export type FloatingIp = z.infer<typeof FloatingIp>;
const OneFloatingIp = z.object({ floatingip: FloatingIp });

export const pathOfPort = (id: string): string => `/ports/${encodeURIComponent(id)}`;
export const pathOfFloatingIp = (id: string): string => `/floatingips/${encodeURIComponent(id)}`;

export async function portOf({ session }: Site, id: string, signal: AbortSignal): Promise<Port | null> {
  const answer = await unlessGone(session.request('network', 'GET', pathOfPort(id), { schema: OnePort, signal }));
  return answer?.port ?? null;
}

/**
 * The planned ports, one after another: their order is that of the guest's cards.
 * @throws MacInUseError, AddressInUseError, QuotaExceededError …
 */
export async function makePorts(site: Site, spec: ServerSpec, ledger: Ledger, signal: AbortSignal): Promise<Port[]> {
  const ports: Port[] = [];
  for (const planned of spec.plan.ports) ports.push(await makePort(site, planned, spec, ledger, signal));
  return ports;
}

async function makePort(
  site: Site,
  planned: PlannedPort,
  spec: ServerSpec,
  ledger: Ledger,
  signal: AbortSignal,
): Promise<Port> {
  const { session } = site;
  const name = `${spec.migrationTag}-port-${planned.nicKey}`;
  const item = {
    key: `port:${planned.nicKey}`,
    kind: 'port' as const,
    name,
    facts: { called: `${spec.plan.targetName} ${planned.label}` },
  };
  return await makeOnce(
    site,
    ledger,
    item,
    {
      adopt: async (id) => {
        const port = await portOf(site, id, signal);
        if (port === null || isAsPlanned(port, planned)) return port;
        await unlessGone(session.request('network', 'DELETE', pathOfPort(id), { schema: z.null(), signal }));
        return null; // the plan was another one then
      },
      find: async () => {
        for await (const port of session.list('network', '/ports', 'ports', Port, signal, { name })) return port.id;
        return null;
      },
      create: async (signal) => {
        const body = { port: bodyOf(planned, name, spec) };
        return (await session.request('network', 'POST', '/ports', { schema: OnePort, body, signal })).port;
      },
    },
    signal,
  );
}

function bodyOf(planned: PlannedPort, name: string, { plan, options, sourceVm }: ServerSpec): Record<string, unknown> {
  return {
    network_id: planned.networkId,
    name,
    description: `Guts: ${planned.label} of ${sourceVm.name}`.slice(0, 255),
    admin_state_up: true,
    ...(planned.mac === null ? {} : { mac_address: planned.mac.toLowerCase() }),
    ...(planned.fixedIps.length === 0
      ? {}
      : { fixed_ips: planned.fixedIps.map(({ subnetId, address }) => ({ subnet_id: subnetId, ip_address: address })) }),
    ...guardOf(planned, plan, options),
  };
}

/** Of what guards a port, Neutron takes nothing where it has no port security. */
function guardOf(
  { portSecurity, addressPairs }: PlannedPort,
  { securityGroupIds }: ServerSpec['plan'],
  options: ServerSpec['options'],
): Record<string, unknown> {
  // The network's own setting is not repeated: whoever does not own it may not even say it.
  if (portSecurity !== undefined) return portSecurity === 'off' ? { port_security_enabled: false } : {};
  const pairs = addressPairs ?? options.addressPairs; // a plan of before has them in its options alone
  return {
    // Left out where none is chosen: the project's default group then guards the port, rather than nothing.
    ...(securityGroupIds.length === 0 ? {} : { security_groups: securityGroupIds }),
    ...(pairs.length === 0 ? {} : { allowed_address_pairs: pairs.map((address) => ({ ip_address: address })) }),
  };
}

function isAsPlanned(port: Port, planned: PlannedPort): boolean {
  return (
    port.network_id === planned.networkId &&
    (planned.mac === null || port.mac_address.toLowerCase() === planned.mac.toLowerCase()) &&
    planned.fixedIps.every(({ address }) => port.fixed_ips.some(({ ip_address }) => ip_address === address)) &&
    guardDifferences(port, planned).length === 0
  );
}

/** What of a port's guard is not as planned, each in a few words. */
export function guardDifferences(port: Port, { portSecurity, addressPairs = [] }: PlannedPort): string[] {
  const allowed = (port.allowed_address_pairs ?? []).map(({ ip_address }) => ip_address);
  return [
    ...(portSecurity === 'off' && port.port_security_enabled !== false ? ['still has port security'] : []),
    ...addressPairs
      .filter((pair) => !allowed.some((one) => isSamePair(one, pair)))
      .map((pair) => `may not send from ${pair}`),
  ];
}

/** Neutron may write an address, and the base of a range, in another way. */
const isSamePair = (one: string, other: string): boolean =>
  one === other || isSameAddress(one.replace(/\/(?:32|128)$/, ''), other.replace(/\/(?:32|128)$/, ''));

/** A floating address on the first port; null where none is planned, or there is no port. */
export async function makeFloatingIp(
  site: Site,
  port: Port | undefined,
  spec: ServerSpec,
  ledger: Ledger,
  signal: AbortSignal,
): Promise<FloatingIp | null> {
  const { session } = site;
  const { floatingNetworkId } = spec.plan;
  if (floatingNetworkId === null || port === undefined) return null;
  const name = `${spec.migrationTag}-address`; // it has no name in Neutron, and carries this as its description
  const path = '/floatingips';
  return await makeOnce(
    site,
    ledger,
    { key: 'floatingIp', kind: 'floatingIp', name, facts: { called: `Guts: ${spec.plan.targetName}` } },
    {
      adopt: async (id) => {
        const one = { schema: OneFloatingIp, signal };
        const found = await unlessGone(session.request('network', 'GET', pathOfFloatingIp(id), one));
        if (found === null || found.floatingip.port_id === port.id) return found?.floatingip ?? null;
        const body = { floatingip: { port_id: port.id } };
        return (await session.request('network', 'PUT', pathOfFloatingIp(id), { ...one, body, isRepeatable: true }))
          .floatingip;
      },
      find: async () => {
        for await (const ip of session.list('network', path, 'floatingips', FloatingIp, signal))
          if (ip.description === name) return ip.id;
        return null;
      },
      create: async (signal) => {
        const body = {
          floatingip: { floating_network_id: floatingNetworkId, port_id: port.id, description: name },
        };
        return (await session.request('network', 'POST', path, { schema: OneFloatingIp, body, signal })).floatingip;
      },
    },
    signal,
  );
}
