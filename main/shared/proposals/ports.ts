/** Maps a machine's network cards to networks of the cloud: as chosen, else by name, by VLAN, by address. */
import type { CloudFacts, CloudNetwork } from '../cloud.ts';
import type { InventoryNetwork, InventoryNic, InventoryVm } from '../inventory.ts';
import type { MigrationOptions, NetworkChoice, PlannedPort } from '../migration.ts';
import { isLinkLocal, isOfMac, liesIn } from './address.ts';
import { isAmong } from './cards.ts';
import { floatingAddressesOf } from './floating.ts';
import { choiceFor, networkNamed, proposeNetwork } from './networks.ts';

export interface LostAddress {
  readonly nicKey: string;
  readonly label: string;
  readonly address: string;
  /** Why it cannot be kept: “is in no subnet of “lan””. */
  readonly why: string;
}

export interface PortPlan {
  readonly ports: readonly PlannedPort[];
  /** Cards that nothing was found for, with why. */
  readonly unmapped: readonly string[];
  /** Addresses that were to be kept and cannot be. */
  readonly lostAddresses: readonly LostAddress[];
  /** Cards that share a network. */
  readonly crowded: readonly string[];
}

export function planPorts(
  vm: InventoryVm,
  networks: readonly InventoryNetwork[],
  cloud: CloudFacts,
  options: Pick<MigrationOptions, 'networks' | 'keepMac' | 'addressPairs'>,
): PortPlan {
  const ports: PlannedPort[] = [];
  const unmapped: string[] = [];
  const lostAddresses: LostAddress[] = [];
  for (const nic of vm.nics) {
    const choice = choiceFor({ name: nic.networkName, ref: nic.network }, options.networks);
    const network = choice === undefined ? guess(nic, networks, cloud) : networkNamed(choice.to, cloud);
    if (network === null) {
      unmapped.push(
        choice === undefined
          ? `${nic.label} on “${nic.networkName ?? 'no network'}”`
          : `${nic.label}: the cloud has no network “${choice.to}” that a server can be on`,
      );
      continue;
    }
    const floating = floatingAddressesOf(vm, nic).filter((address) => isAmong(address, options.addressPairs));
    const others = [...(choice?.addressPairs ?? []), ...floating];
    const mac = options.keepMac ? nic.mac : null;
    const { fixedIps, byMac, lost } = addressesFor({ ...nic, mac }, network, choice?.ip ?? null, others);
    lostAddresses.push(...lost);
    const security = portSecurityOf(network, choice);
    const pairs =
      security === undefined ? [...new Set([...options.addressPairs, ...(choice?.addressPairs ?? [])])] : [];
    ports.push({
      nicKey: nic.key,
      label: nic.label,
      networkId: network.id,
      networkName: network.name,
      mac,
      fixedIps,
      ...(byMac.length === 0 ? {} : { ipsByMac: byMac }),
      ...(security === undefined ? {} : { portSecurity: security }),
      ...(pairs.length === 0 ? {} : { addressPairs: pairs }),
    });
  }
  const crowded = ports
    .filter(({ networkId }, i) => ports.findIndex((other) => other.networkId === networkId) < i)
    .map(({ label, networkName }) => `${label} on “${networkName}”`);
  return { ports, unmapped, lostAddresses, crowded };
}

/** The guest’s addresses that the port keeps, asked for or by its MAC. */
export const addressesOf = ({ fixedIps, ipsByMac = [] }: PlannedPort): string[] => [
  ...fixedIps.map(({ address }) => address),
  ...ipsByMac,
];

function guess(nic: InventoryNic, networks: readonly InventoryNetwork[], cloud: CloudFacts): CloudNetwork | null {
  const vlanId = networks.find(({ ref }) => ref === nic.network)?.vlanId ?? null;
  const addresses = nic.ipAddresses.map(({ address }) => address);
  return proposeNetwork({ name: nic.networkName, vlanId, addresses }, cloud)?.network ?? null;
}

/** Undefined where the port is guarded. */
function portSecurityOf(network: CloudNetwork, choice: NetworkChoice | undefined): PlannedPort['portSecurity'] {
  if (network.hasPortSecurity === false) return 'offByNetwork';
  return choice?.portSecurity === false ? 'off' : undefined;
}

/** @param others addresses that are not to be the port's own */
function addressesFor(
  nic: InventoryNic,
  network: CloudNetwork,
  wish: NetworkChoice['ip'] | null,
  others: readonly string[],
): { fixedIps: PlannedPort['fixedIps']; byMac: string[]; lost: LostAddress[] } {
  const fixedIps: PlannedPort['fixedIps'] = [];
  const byMac: string[] = [];
  const lost: LostAddress[] = [];
  if (wish === 'auto') return { fixedIps, byMac, lost };
  const wanted =
    wish === null || wish === 'keep'
      ? nic.ipAddresses
          .map(({ address }) => address)
          .filter((address) => !isLinkLocal(address) && !others.includes(address))
      : [wish];
  for (const address of wanted) {
    const subnet = network.subnets.find(({ cidr }) => liesIn(address, cidr));
    const is = { nicKey: nic.key, label: nic.label, address };
    if (subnet === undefined) lost.push({ ...is, why: `is in no subnet of “${network.name}”` });
    else if (subnet.isByMac !== true) fixedIps.push({ subnetId: subnet.id, address });
    else if (isOfMac(address, subnet.cidr, nic.mac ?? '')) byMac.push(address);
    else
      lost.push({ ...is, why: `cannot be asked for in ${subnet.cidr} of “${network.name}”, where the MAC gives one` });
  }
  return { fixedIps, byMac, lost };
}
