/** Signs that a guest shares an address with others, and holds it only as long as it is the first of them. */
import type { InventoryNic, InventoryVm } from '../inventory.ts';
import { isLinkLocal, liesIn } from './address.ts';

/** Of VRRP, and of CARP: the last byte is the number of the group. */
const SHARED_MAC = /^00:00:5e:00:0[12]:/;
const HOST_PREFIX = 32;
/** On a card of its own, members of a Windows failover cluster talk to each other under addresses of this kind. */
const CLUSTER_LINK = '169.254.0.0/16';
/** Names of programs and of machines that share addresses; parts of a name are words of their own. */
const CLUSTER_WORDS =
  /^(keepalived|vrrp|carp|haproxy|pacemaker|corosync|heartbeat|failover|failovercluster|wsfc|mscs|alwayson|sqlag|sqlcluster|cluster|clu|vip)\d*$/;

/** Whether a MAC stands for a virtual router, whoever is the first at the moment. */
export const isSharedMac = (mac: string | null): boolean => mac !== null && SHARED_MAC.test(mac.toLowerCase());

/**
 * Addresses of a card that the guest shows to hold for the moment only: with a prefix of their own beside a subnet that has
 * them, as keepalived and others set them, or on a card with the MAC of a virtual router.
 */
export function floatingAddressesOf({ nics, guest }: Pick<InventoryVm, 'nics' | 'guest'>, nic: InventoryNic): string[] {
  const alone = nic.ipAddresses
    .filter(({ address, prefixLength }) => prefixLength === HOST_PREFIX && !address.includes(':'))
    .map(({ address }) => address)
    .filter((address) => isOnLinkOf(nic, address));
  const shared = (guest.ownCards ?? [])
    .filter(({ mac }) => isSharedMac(mac))
    .flatMap(({ addresses }) => addresses)
    .filter((address) => !isLinkLocal(address))
    .filter((address) => (nics.find((one) => isOnLinkOf(one, address)) ?? nics[0]) === nic);
  const own = isSharedMac(nic.mac)
    ? nic.ipAddresses.map(({ address }) => address).filter((one) => !isLinkLocal(one))
    : [];
  return [...new Set([...alone, ...shared, ...own])];
}

/** Whether a subnet that the card itself is in has the address. */
const isOnLinkOf = ({ ipAddresses }: InventoryNic, address: string): boolean =>
  ipAddresses.some(
    (other) =>
      other.address !== address &&
      other.prefixLength !== null &&
      other.prefixLength < HOST_PREFIX &&
      liesIn(address, `${other.address}/${other.prefixLength}`),
  );

/** What else speaks for a cluster, each in a few words: names, and disks that several machines write to. No proof. */
export function clusterHintsOf({ name, guest, annotation, tags, disks, guestOsName }: InventoryVm): string[] {
  const named = [
    ['its name', name],
    ['its host name', guest.hostName ?? ''],
    ['its note', annotation],
    ...tags.map((tag) => ['a tag', tag] as const),
  ] as const;
  const words = named.flatMap(([where, text]) => {
    const word = wordsOf(text).find((one) => CLUSTER_WORDS.test(one));
    return word === undefined ? [] : [`“${word}” in ${where}`];
  });
  const isShared = disks.some(({ isMultiWriter, controller }) => isMultiWriter || controller.isShared);
  const isWindows = /windows/i.test(guestOsName ?? '');
  const hasOwnLink = (guest.ownCards ?? []).some(({ addresses }) => addresses.some((one) => liesIn(one, CLUSTER_LINK)));
  return [
    ...new Set([
      ...words,
      ...(isShared && isWindows ? ['Windows on disks that are shared'] : []),
      ...(hasOwnLink && isWindows ? ['a card that Windows makes for a failover cluster'] : []),
    ]),
  ];
}

const wordsOf = (text: string): string[] => text.toLowerCase().split(/[^a-z0-9]+/);
