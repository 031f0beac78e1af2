/** Whether an address lies in a subnet, for IPv4 and IPv6; without Node, so that the window can tell as well. */

interface Address {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

/** False for anything that is no address or no subnet. */
export function liesIn(address: string, cidr: string): boolean {
  const [base = '', length = '', ...more] = cidr.split('/');
  const from = addressOf(base);
  const asked = addressOf(address);
  if (from === null || asked === null || from.bits !== asked.bits) return false;
  if (!/^\d{1,3}$/.test(length) || Number(length) > from.bits || more.length > 0) return false;
  const rest = BigInt(from.bits - Number(length));
  return from.value >> rest === asked.value >> rest;
}

/** Whether an address lies in a range, its ends included. False for anything that is no address. */
export function liesBetween(address: string, start: string, end: string): boolean {
  const [asked, first, last] = [address, start, end].map(addressOf);
  if (!asked || !first || !last || asked.bits !== first.bits || asked.bits !== last.bits) return false;
  return first.value <= asked.value && asked.value <= last.value;
}

/** How many addresses a range has, its ends included; 0 where it is none. */
export function sizeOfRange(start: string, end: string): number {
  const [first, last] = [start, end].map(addressOf);
  if (!first || !last || first.bits !== last.bits || last.value < first.value) return 0;
  return Number(last.value - first.value + 1n);
}

/** Whether it is the address that a card with this MAC gives itself in the subnet (EUI-64). */
export function isOfMac(address: string, cidr: string, mac: string): boolean {
  const bytes = /^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(mac) ? mac.split(':').map((byte) => parseInt(byte, 16)) : [];
  const [first = 0, second = 0, third = 0, ...rest] = bytes;
  const asked = addressOf(address);
  if (bytes.length === 0 || asked?.bits !== 128 || !liesIn(address, cidr)) return false;
  const given = [first ^ 2, second, third, 0xff, 0xfe, ...rest].reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  return BigInt.asUintN(64, asked.value) === given;
}

/** Addresses that belong to no network but their own link are never taken along. */
export function isLinkLocal(address: string): boolean {
  return liesIn(address, '169.254.0.0/16') || liesIn(address, 'fe80::/10');
}

/** Whatever the spelling: `2001:DB8::1` is `2001:db8:0::1`. */
export function isSameAddress(one: string, other: string): boolean {
  const [a, b] = [addressOf(one), addressOf(other)];
  return a !== null && b !== null && a.bits === b.bits && a.value === b.value;
}

function addressOf(text: string): Address | null {
  const value = text.includes(':') ? ipv6(text) : ipv4(text);
  return value === null ? null : { bits: text.includes(':') ? 128 : 32, value };
}

function ipv4(text: string): bigint | null {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)) return null;
  return parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n);
}

/** Groups of hexadecimal digits, one run of zeros as “::”, the last two groups also as IPv4. */
function ipv6(text: string): bigint | null {
  const [head = '', tail, ...more] = text.split('::');
  if (more.length > 0) return null;
  const before = groupsOf(head);
  const after = tail === undefined ? [] : groupsOf(tail);
  if (before === null || after === null) return null;
  const missing = 8 - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return null;
  const groups = [...before, ...Array.from({ length: missing }, () => 0n), ...after];
  return groups.reduce((sum, group) => sum * 65_536n + group, 0n);
}

function groupsOf(text: string): bigint[] | null {
  if (text === '') return [];
  const parts = text.split(':');
  const groups: bigint[] = [];
  for (const [at, part] of parts.entries()) {
    const four = at === parts.length - 1 && part.includes('.') ? ipv4(part) : null;
    if (four !== null) groups.push(four / 65_536n, four % 65_536n);
    else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(BigInt(`0x${part}`));
    else return null;
  }
  return groups;
}
