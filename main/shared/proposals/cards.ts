/** Each network card of a machine beside what is planned for it: what rules, the comparison and the window go by. */
import type { CloudFacts, CloudNetwork } from '../cloud.ts';
import type { InventoryNetwork, InventoryNic, InventoryVm, SwitchAllowance } from '../inventory.ts';
import type { MigrationOptions, NetworkChoice, PlannedPort } from '../migration.ts';
import { isLinkLocal, isSameAddress, liesIn } from './address.ts';
import { floatingAddressesOf } from './floating.ts';
import { choiceFor } from './networks.ts';

/** A machine, and its move where one is planned. */
export interface CardsOf {
  readonly vm: InventoryVm;
  readonly networks: readonly InventoryNetwork[];
  readonly options: Pick<MigrationOptions, 'networks' | 'addressPairs'>;
  readonly cloud?: Pick<CloudFacts, 'networks'>;
  readonly ports?: { readonly ports: readonly PlannedPort[] };
}

export interface Card {
  readonly nic: InventoryNic;
  /** Of the source. */
  readonly network: InventoryNetwork | undefined;
  readonly choice: NetworkChoice | undefined;
  /** Undefined where no move is planned, or nothing was found for this card. */
  readonly port: PlannedPort | undefined;
  /** Of the cloud. */
  readonly target: CloudNetwork | undefined;
  /** How a choice names it: by its name, unless another has the same. */
  readonly to: string | null;
  /** Undefined where the source does not tell. */
  readonly allows: SwitchAllowance | undefined;
  readonly trunk: readonly string[] | undefined;
  readonly policies: readonly string[];
  /** The guest's own addresses, without those of its link. */
  readonly own: readonly string[];
  /** Addresses that it shares with others, by every sign. */
  readonly floating: readonly string[];
  /** What its port may send from besides. */
  readonly pairs: readonly string[];
  /** Whether the port drops what is neither its own nor among the pairs. */
  readonly isGuarded: boolean;
}

export function cardsOf({ vm, networks, options, cloud, ports }: CardsOf): Card[] {
  return vm.nics.map((nic) => {
    const network = networks.find(({ ref }) => ref === nic.network);
    const choice = choiceFor({ name: nic.networkName, ref: nic.network }, options.networks);
    const port = ports?.ports.find(({ nicKey }) => nicKey === nic.key);
    const target = cloud?.networks.find(({ id }) => id === port?.networkId);
    const floating = floatingAddressesOf(vm, nic);
    return {
      nic,
      network,
      choice,
      port,
      target,
      to: target === undefined ? null : nameIn(cloud, target),
      allows: nic.allows ?? network?.allows,
      trunk: nic.trunk ?? network?.trunk,
      policies: [...(nic.policies ?? []), ...(network?.policies ?? [])],
      own: nic.ipAddresses
        .map(({ address }) => address)
        .filter((address) => !isLinkLocal(address) && !floating.includes(address)),
      floating,
      pairs: [...options.addressPairs, ...(choice?.addressPairs ?? [])],
      isGuarded: choice?.portSecurity !== false && target?.hasPortSecurity !== false,
    };
  });
}

const nameIn = (cloud: Pick<CloudFacts, 'networks'> | undefined, { id, name }: CloudNetwork): string =>
  cloud?.networks.some((other) => other.name === name && other.id !== id) === true ? id : name;

/** Whether a port with these pairs may send from the address. @param pairs addresses, or ranges in CIDR */
export const isAmong = (address: string, pairs: readonly string[]): boolean =>
  pairs.some((pair) => (pair.includes('/') ? liesIn(address, pair) : isSameAddress(address, pair)));

/** Addresses of others that the guest needs and its port would drop. */
export const droppedOf = ({ floating, pairs, isGuarded }: Card): string[] =>
  isGuarded ? floating.filter((address) => !isAmong(address, pairs)) : [];

/** The machine's choices with more for one card; null where nothing is planned for it. */
export function withMore(
  choices: readonly NetworkChoice[],
  { nic, choice, to }: Card,
  more: Pick<NetworkChoice, 'portSecurity' | 'addressPairs'>,
): NetworkChoice[] | null {
  const from = nic.networkName ?? nic.network;
  if (to === null || from === null) return null;
  const before: NetworkChoice = choice ?? { from, to, ip: 'keep' };
  const pairs = [...new Set([...(before.addressPairs ?? []), ...(more.addressPairs ?? [])])];
  const after: NetworkChoice = {
    ...before,
    from,
    ...(more.portSecurity === undefined ? {} : { portSecurity: more.portSecurity }),
    ...(pairs.length === 0 ? {} : { addressPairs: pairs }),
  };
  return [...choices.filter((one) => one !== choice || one.from === null), after];
}
