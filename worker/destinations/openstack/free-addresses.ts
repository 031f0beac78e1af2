/** How many addresses of each subnet can still be given out: as Neutron counts them, else by the ports that this project sees. */
import { z } from 'zod';
import type { CloudFacts, CloudNetwork, CloudSubnet } from '../../../main/shared/cloud.ts';
import { liesBetween, liesIn, sizeOfRange } from '../../../main/shared/proposals/address.ts';
import { all, ifAllowed } from './allowed.ts';
import type { CloudSession } from './cloud-session.ts';

export type FreeAddressFacts = Pick<CloudFacts, 'freeAddresses' | 'freeAddressesBy'>;

const Availability = z.object({
  subnet_ip_availability: z.array(
    z.object({ subnet_id: z.string().min(1), total_ips: z.coerce.number(), used_ips: z.coerce.number() }),
  ),
});

/** What Neutron counts itself, by subnet. */
export type Counted = ReadonlyMap<string, { readonly total: number; readonly used: number }>;

/** Empty where only administrators may ask, or the cloud does not know the question. */
export async function availableAddresses(session: CloudSession, signal: AbortSignal): Promise<Counted> {
  const key = 'network_ip_availabilities';
  const path = '/network-ip-availabilities';
  const told = await ifAllowed(all(session.list('network', path, key, Availability, signal)), []);
  const subnets = told.flatMap((network) => network.subnet_ip_availability);
  return new Map(subnets.map((one) => [one.subnet_id, { total: one.total_ips, used: one.used_ips }]));
}

/** Of an external network an ordinary project sees no ports, so nothing is counted there. */
export function freeAddressFacts(
  networks: readonly CloudNetwork[],
  ports: CloudFacts['ports'],
  counted: Counted,
): FreeAddressFacts {
  const free: Record<string, number> = {};
  for (const { id, isExternal, subnets } of networks) {
    const taken = new Set(ports.filter(({ network }) => network === id).flatMap(({ addresses }) => addresses));
    for (const subnet of subnets) {
      const { inside, outside } = placesOf(subnet, taken);
      const told = counted.get(subnet.id);
      // Neutron counts addresses outside of the pools, such as the gateway's, among what is used of them.
      if (told !== undefined) free[subnet.id] = left(told.total, told.used - outside);
      else if (counted.size === 0 && !isExternal && subnet.pools.length > 0)
        free[subnet.id] = left(
          subnet.pools.reduce((sum, { start, end }) => sum + sizeOfRange(start, end), 0),
          inside,
        );
    }
  }
  return { freeAddresses: free, freeAddressesBy: counted.size > 0 ? 'service' : 'ports' };
}

/** How many of the addresses lie in the subnet's pools, and how many elsewhere in it. */
function placesOf({ pools, cidr }: CloudSubnet, taken: ReadonlySet<string>): { inside: number; outside: number } {
  const own = [...taken].filter((address) => liesIn(address, cidr));
  const inside = own.filter((address) => pools.some(({ start, end }) => liesBetween(address, start, end))).length;
  return { inside, outside: own.length - inside };
}

/** A subnet of IPv6 has more than can be counted exactly. */
const left = (total: number, used: number): number => Math.max(0, Math.min(total, Number.MAX_SAFE_INTEGER) - used);
