/** IPv4 addresses of the simulated networks: which belong to a subnet, and which is free next. */
import { randomBytes } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { Refusal } from './web.ts';
import type { Cloud } from './cloud.ts';
import type { FixedIp, LabNetwork, LabSubnet } from './words.ts';

/** What a port asks for: an address, a subnet, or both. */
export interface WantedIp {
  readonly ip_address?: string | undefined;
  readonly subnet_id?: string | undefined;
}

export function toNumber(address: string): number {
  return address.split('.').reduce((sum, piece) => sum * 256 + Number(piece), 0);
}

export function toAddress(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

/** First and last address of a network such as `192.0.2.0/24`, its own and the broadcast address included. */
export function rangeOf(cidr: string): { readonly first: number; readonly last: number } {
  const [address = '', bits = '32'] = cidr.split('/');
  const size = 2 ** (32 - Number(bits));
  const first = Math.floor(toNumber(address) / size) * size;
  return { first, last: first + size - 1 };
}

export function contains(cidr: string, address: string): boolean {
  const { first, last } = rangeOf(cidr);
  return isIPv4(address) && toNumber(address) >= first && toNumber(address) <= last;
}

/**
 * The addresses that a port on the network gets: those that were asked for (outside the pool too), else the next free one.
 * @throws Refusal as Neutron's
 */
export function allocate(
  cloud: Cloud,
  network: LabNetwork,
  wanted: readonly WantedIp[] | undefined,
  portId: string,
): FixedIp[] {
  const used = usedOn(cloud, network, portId);
  if (wanted === undefined) {
    const [subnet] = network.subnets;
    return subnet === undefined ? [] : [nextFree(network, [...network.subnets], used)];
  }
  const given: FixedIp[] = [];
  for (const one of wanted) {
    const fixed =
      one.ip_address === undefined
        ? nextFree(network, [subnetNamed(network, one)], used)
        : chosen(network, one, one.ip_address, used);
    used.add(fixed.ip_address);
    given.push(fixed);
  }
  return given;
}

function chosen(network: LabNetwork, wanted: WantedIp, address: string, used: ReadonlySet<string>): FixedIp {
  if (!isIPv4(address))
    throw new Refusal(
      400,
      `Invalid input for fixed_ips. Reason: '${address}' is not a valid IP address.`,
      'HTTPBadRequest',
    );
  const subnet =
    wanted.subnet_id === undefined
      ? network.subnets.find(({ cidr }) => contains(cidr, address))
      : subnetNamed(network, wanted);
  if (subnet === undefined)
    throw new Refusal(
      400,
      `IP address ${address} is not a valid IP for any of the subnets on the specified network.`,
      'InvalidIpForNetwork',
    );
  if (!contains(subnet.cidr, address))
    throw new Refusal(400, `IP address ${address} is not a valid IP for the specified subnet.`, 'InvalidIpForSubnet');
  if (used.has(address))
    throw new Refusal(
      409,
      `IP address ${address} already allocated in subnet ${subnet.id}`,
      'IpAddressAlreadyAllocated',
    );
  return { subnet_id: subnet.id, ip_address: address };
}

function subnetNamed(network: LabNetwork, { subnet_id: id = '' }: WantedIp): LabSubnet {
  const subnet = network.subnets.find((one) => one.id === id);
  if (subnet === undefined)
    throw new Refusal(
      400,
      `Invalid input for operation: Failed to create port on network ${network.id}, because fixed_ips included invalid subnet ${id}.`,
      'InvalidInput',
    );
  return subnet;
}

/** @throws Refusal 409 when every pool is used up */
export function nextFree(network: LabNetwork, subnets: readonly LabSubnet[], used: ReadonlySet<string>): FixedIp {
  for (const subnet of subnets) {
    for (const { start, end } of subnet.pools) {
      for (let value = toNumber(start); value <= toNumber(end); value++) {
        const address = toAddress(value);
        if (!used.has(address)) return { subnet_id: subnet.id, ip_address: address };
      }
    }
  }
  throw new Refusal(409, `No more IP addresses available on network ${network.id}.`, 'IpAddressGenerationFailure');
}

/** Every address of the network that somebody has, the gateways included; one port's own left out. */
export function usedOn(cloud: Cloud, network: LabNetwork, exceptPort = ''): Set<string> {
  const ports = [...cloud.ports.values()].filter(({ networkId, id }) => networkId === network.id && id !== exceptPort);
  const floating = [...cloud.floatingIps.values()].filter(({ networkId }) => networkId === network.id);
  return new Set([
    ...ports.flatMap(({ fixedIps }) => fixedIps.map(({ ip_address: address }) => address)),
    ...floating.map(({ address }) => address),
    ...network.subnets.flatMap(({ gateway }) => (gateway === null ? [] : [gateway])),
  ]);
}

export function newMac(): string {
  return ['fa', '16', '3e', ...[...randomBytes(3)].map((byte) => byte.toString(16).padStart(2, '0'))].join(':');
}
