/** Whether an address lies in a subnet, for IPv4 and IPv6. */
import { BlockList, isIP } from 'node:net';

/** False for anything that is no address or no subnet. */
export function liesIn(address: string, cidr: string): boolean {
  const [base = '', length = ''] = cidr.split('/');
  const version = isIP(base);
  if (version === 0 || isIP(address) !== version || !/^\d+$/.test(length)) return false;
  const list = new BlockList();
  const family = version === 4 ? 'ipv4' : 'ipv6';
  list.addSubnet(base, Number(length), family);
  return list.check(address, family);
}

/** Addresses that belong to no network but their own link are never taken along. */
export function isLinkLocal(address: string): boolean {
  return liesIn(address, '169.254.0.0/16') || liesIn(address, 'fe80::/10');
}
