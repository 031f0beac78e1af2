/** Maps a machine's network cards to networks of the cloud: as chosen, else by name, by VLAN, by address. */
import type { CloudFacts, CloudNetwork } from '../cloud.ts';
import type { InventoryNetwork, InventoryNic, InventoryVm } from '../inventory.ts';
import type { MigrationOptions, NetworkChoice, PlannedPort } from '../migration.ts';
import { isLinkLocal, liesIn } from './address.ts';
import { isAmong } from './cards.ts';
import { floatingAddressesOf } from './floating.ts';
import { choiceFor, networkNamed, proposeNetwork } from './networks.ts';

export interface PortPlan {
  readonly ports: readonly PlannedPort[];
  /** Cards that nothing was found for, with why. */
  readonly unmapped: readonly string[];
  /** Addresses that were to be kept and cannot be, with why. */
  readonly lostAddresses: readonly string[];
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
  const lostAddresses: string[] = [];
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
    const { fixedIps, lost } = addressesFor(nic, network, choice?.ip ?? null, others);
    lostAddresses.push(...lost);
    const security = portSecurityOf(network, choice);
    const pairs =
      security === undefined ? [...new Set([...options.addressPairs, ...(choice?.addressPairs ?? [])])] : [];
    ports.push({
      nicKey: nic.key,
      label: nic.label,
      networkId: network.id,
      networkName: network.name,
      mac: options.keepMac ? nic.mac : null,
      fixedIps,
      ...(security === undefined ? {} : { portSecurity: security }),
      ...(pairs.length === 0 ? {} : { addressPairs: pairs }),
    });
  }
  const crowded = ports
    .filter(({ networkId }, i) => ports.findIndex((other) => other.networkId === networkId) < i)
    .map(({ label, networkName }) => `${label} on “${networkName}”`);
  return { ports, unmapped, lostAddresses, crowded };
}

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
): { fixedIps: PlannedPort['fixedIps']; lost: string[] } {
  const place = (address: string): { subnetId: string; address: string } | null => {
    const subnet = network.subnets.find(({ cidr }) => liesIn(address, cidr));
    return subnet === undefined ? null : { subnetId: subnet.id, address };
  };
  if (wish === 'auto') return { fixedIps: [], lost: [] };
  const wanted =
    wish === null || wish === 'keep'
      ? nic.ipAddresses
          .map(({ address }) => address)
          .filter((address) => !isLinkLocal(address) && !others.includes(address))
      : [wish];
  const fixedIps = wanted.flatMap((address) => place(address) ?? []);
  const lost = wanted
    .filter((address) => place(address) === null)
    .map((address) => `${nic.label}: ${address} is in no subnet of “${network.name}”`);
  return { fixedIps, lost };
}
