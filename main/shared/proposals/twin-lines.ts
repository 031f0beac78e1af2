/** Of one network card: each thing that a virtual switch let pass or a guest shows, what Neutron does with it, and a way out. */
import type { MigrationOptions } from '../migration.ts';
import type { TwinLine, TwinProposal } from '../twin.ts';
import type { InventoryVm } from '../inventory.ts';
import { keepsOtherAddress, lacksDhcp, otherGateways } from './addressing.ts';
import { droppedOf, isAmong, withMore, type Card } from './cards.ts';
import { clusterHintsOf } from './floating.ts';
import { framesOf, perhapsTooLarge, tooLarge } from './frames.ts';
import { addressesOf } from './ports.ts';

/** What is known of the whole move besides the card. */
export interface LineFacts {
  readonly vm: InventoryVm;
  readonly options: Pick<MigrationOptions, 'networks' | 'securityGroups'>;
  /** Aliases; undefined where the cloud does not tell. */
  readonly extensions: readonly string[] | undefined;
}

type Line = (card: Card, facts: LineFacts) => TwinLine | null;

/** Neutron’s own limit for one port, unless its operator changed it. */
export const MOST_FIXED_IPS = 5;

const list = (items: readonly string[]): string => items.join(', ');

const pairsProposal = (
  card: Card,
  { options, extensions }: LineFacts,
  addresses: readonly string[],
): TwinProposal[] => {
  if (addresses.length === 0 || extensions?.includes('allowed-address-pairs') === false) return [];
  const networks = withMore(options.networks, card, { addressPairs: [...addresses] });
  const says = `Let the port send from ${list(addresses)} as well.`;
  return [{ kind: 'addressPairs', says, ...(networks === null ? {} : { options: { networks } }) }];
};

const openProposal = (card: Card, { options, extensions }: LineFacts): TwinProposal[] => {
  if (extensions?.includes('port-security') === false) return [];
  const networks = withMore(options.networks, card, { portSecurity: false });
  const says = 'Make the port without port security, where the guest needs it: no security group guards it then.';
  return [{ kind: 'portSecurityOff', says, ...(networks === null ? {} : { options: { networks } }) }];
};

const firewall: Line = ({ isGuarded }, { options }) => {
  const source = 'A virtual switch has no rules for addresses and ports; only NSX and guards of its own have.';
  if (!isGuarded)
    return {
      matter: 'firewall',
      weight: 'passes',
      source,
      cloud: 'The port has no port security, and so no security group.',
      means: 'Everything reaches the guest, as before.',
      proposals: [],
    };
  const groups = options.securityGroups;
  return {
    matter: 'firewall',
    weight: groups.length > 0 ? 'passes' : 'mayDrop',
    source,
    cloud:
      groups.length > 0
        ? `The port lets in what the security groups allow: ${list(groups)}.`
        : 'The port is guarded by the project’s group “default”, which usually lets in its own members alone.',
    means:
      groups.length > 0
        ? 'What they do not name does not reach the guest.'
        : 'Whoever reached the guest from outside may not reach it any more.',
    proposals:
      groups.length > 0 ? [] : [{ kind: 'securityGroup', says: 'Choose the security groups that its services need.' }],
  };
};

const addresses: Line = (card, facts) => {
  const { own, port, pairs, isGuarded } = card;
  const fixed = port === undefined ? [] : addressesOf(port);
  const isWished = card.choice?.ip === undefined || card.choice.ip === 'keep';
  const left = port === undefined || !isWished ? [] : own.filter((one) => !fixed.includes(one) && !isAmong(one, pairs));
  if (own.length < 2 && left.length === 0) return null;
  const tooMany = fixed.length > MOST_FIXED_IPS ? fixed.slice(MOST_FIXED_IPS) : [];
  return {
    matter: 'addresses',
    weight: left.length > 0 && isGuarded ? 'drops' : tooMany.length > 0 ? 'mayDrop' : 'passes',
    source: `The guest has ${list(own)} on this card.`,
    cloud: [
      fixed.length === 0 ? 'The port has none of them.' : `The port has ${list(fixed)} as its own.`,
      ...(left.length === 0 ? [] : [`No subnet of its network can give it ${list(left)}.`]),
      ...(tooMany.length === 0 ? [] : [`Neutron usually takes ${MOST_FIXED_IPS} for one port.`]),
    ].join(' '),
    means:
      left.length > 0 && isGuarded
        ? 'What the guest sends from the others is dropped.'
        : 'The guest keeps its own settings; by DHCP it gets one address of each family.',
    proposals: [...(isGuarded ? pairsProposal(card, facts, [...left, ...tooMany]) : [])],
  };
};

const floatingAddresses: Line = (card, facts) => {
  const { floating, isGuarded, target } = card;
  const hints = clusterHintsOf(facts.vm);
  const name = target?.name ?? 'NETWORK';
  if (floating.length === 0) {
    if (hints.length === 0) return null;
    return {
      matter: 'floatingAddresses',
      weight: isGuarded ? 'mayDrop' : 'passes',
      source: `It may be one of a cluster: ${list(hints)}. Its tools show no address that it shares with others.`,
      cloud: isGuarded ? 'The port drops what comes from an address that is not its own.' : 'The port drops nothing.',
      means: 'An address that moves between machines would not arrive with the one that takes over.',
      proposals: isGuarded
        ? [{ kind: 'addressPairs', says: 'Name the address that the cluster shares, if it has one.' }]
        : [],
    };
  }
  const dropped = droppedOf(card);
  return {
    matter: 'floatingAddresses',
    weight: dropped.length > 0 ? 'drops' : 'passes',
    source: `The guest holds ${list(floating)} by the look of it only as long as it is the first of several.`,
    cloud:
      dropped.length > 0
        ? `The port drops what comes from ${list(dropped)}, also the announcement by which another machine takes over.`
        : 'The port lets it pass.',
    means: dropped.length > 0 ? 'The cluster’s address is out of reach after it moves.' : 'It can move as before.',
    proposals: [
      ...pairsProposal(card, facts, dropped),
      ...floating.map((address): TwinProposal => ({
        kind: 'unboundPort',
        says: `Keep ${address} from being given to others, by a port that nothing is plugged into (openstack port create --network ${name} --fixed-ip ip-address=${address} vip-${address}).`,
      })),
    ],
  };
};

const forgedTransmits: Line = (card, facts) => {
  if (card.allows?.forgedTransmits !== true) return null;
  const { isGuarded } = card;
  return {
    matter: 'forgedTransmits',
    weight: isGuarded ? 'mayDrop' : 'passes',
    source: 'The switch lets the guest send from MAC addresses that are not its card’s (forged transmits).',
    cloud: isGuarded ? 'The port drops what comes from another MAC or address.' : 'The port drops nothing.',
    means: isGuarded
      ? 'Bridges, routers, containers with addresses of their own and clusters in the guest would not be heard. Many switches allow it for everybody, so that it is allowed says little.'
      : 'It goes on as before.',
    proposals: isGuarded ? openProposal(card, facts) : [],
  };
};

const macChanges: Line = (card, facts) => {
  if (card.allows?.macChanges !== true) return null;
  const { isGuarded } = card;
  return {
    matter: 'macChanges',
    weight: isGuarded ? 'mayDrop' : 'passes',
    source: 'The switch lets the guest give its card another MAC.',
    cloud: isGuarded ? 'The port drops what comes from another MAC than its own.' : 'The port drops nothing.',
    means: isGuarded
      ? 'A guest that does so is not heard. Many switches allow it for everybody, so that it is allowed says little.'
      : 'It goes on as before.',
    proposals: isGuarded ? openProposal(card, facts) : [],
  };
};

const promiscuous: Line = ({ allows }) =>
  allows?.promiscuous === true
    ? {
        matter: 'promiscuous',
        weight: 'mayDrop',
        source: 'The switch lets the guest listen to what is meant for others (promiscuous mode).',
        cloud: 'A port gets what is meant for it alone, with port security or without.',
        means: 'A guest that watches the network for others sees nothing of it any more.',
        proposals: [
          { kind: 'byTheOperator', says: 'Ask the cloud’s operator for a mirror of the ports that it has to watch.' },
        ],
      }
    : null;

const frames: Line = (card, { vm }) => {
  const known = framesOf(vm, card);
  const { usesDhcp } = card.nic;
  const shown = tooLarge(known, usesDhcp);
  const perhaps = perhapsTooLarge(known, usesDhcp);
  const largest = shown ?? perhaps;
  if (largest === null || known.cloud === null) return null;
  return {
    matter: 'frames',
    weight: shown === null ? 'mayDrop' : 'drops',
    source:
      shown === null
        ? `The switch takes frames of ${largest} bytes.`
        : `The guest sends frames of up to ${largest} bytes.`,
    cloud: `The network “${card.target?.name ?? ''}” takes ${known.cloud}.`,
    means:
      shown === null
        ? 'A guest with DHCP is told so, though Windows does not listen to that; one that is set by hand sends too much.'
        : 'What is larger is lost, and connections hang as soon as much is sent.',
    proposals: [
      { kind: 'smallerMtu', says: `Set the guest’s MTU to ${known.cloud}, before the move or at its first start.` },
      { kind: 'otherNetwork', says: `Map the card to a network that takes ${largest}.` },
    ],
  };
};

const trunk: Line = ({ trunk: vlans }, { extensions }) => {
  if (vlans === undefined) return null;
  const isPossible = extensions?.includes('trunk');
  return {
    matter: 'trunk',
    weight: 'drops',
    source: `The card is a trunk: it gets the VLANs ${list(vlans)} with their tags.`,
    cloud:
      isPossible === false
        ? 'The port is on one network without tags, and this cloud has no trunk ports.'
        : 'The port is on one network without tags. A trunk port has a subport for each VLAN; Guts makes none.',
    means: 'Interfaces of the guest that tag their frames are cut off.',
    proposals: [
      ...(isPossible === false
        ? []
        : [
            {
              kind: 'trunkPort' as const,
              says: 'Make a trunk of the port and add a subport for each VLAN that the guest uses, before the server starts (openstack network trunk create --parent-port PORT --subport port=SUBPORT,segmentation-type=vlan,segmentation-id=VLAN NAME).',
            },
          ]),
      { kind: 'inTheGuest', says: 'Or give the guest a card for each VLAN before the move.' },
    ],
  };
};

const addressing: Line = (card, { vm }) => {
  const { target, nic, isGuarded } = card;
  const kept = isGuarded ? keepsOtherAddress(card) : [];
  const gateways = otherGateways(vm, card);
  const isLacking = lacksDhcp(card);
  if (!isLacking && kept.length === 0 && gateways.length === 0) return null;
  return {
    matter: 'addressing',
    weight: 'drops',
    source: [
      ...(nic.usesDhcp === true ? ['The guest asks for its address.'] : []),
      ...(kept.length > 0 ? [`The guest has ${list(kept)} set by hand.`] : []),
      ...gateways.map(({ guest }) => `Its gateway is ${guest}.`),
    ].join(' '),
    cloud: [
      ...(isLacking ? [`“${target?.name ?? ''}” hands out no addresses.`] : []),
      ...(kept.length > 0 ? ['The port has another address.'] : []),
      ...gateways.map(({ subnet }) => `The subnet’s gateway is ${subnet}.`),
    ].join(' '),
    means: isLacking
      ? 'The guest comes up without an address.'
      : kept.length > 0
        ? 'What it sends from its own address is dropped.'
        : 'It does not reach anything beyond its subnet, unless something else has that address.',
    proposals: [
      ...(isLacking
        ? [{ kind: 'otherNetwork' as const, says: 'Turn DHCP on for the subnet, or choose another network.' }]
        : []),
      {
        kind: 'inTheGuest',
        says: 'Set the guest’s addresses anew at its first start, by its console or by user data.',
      },
    ],
  };
};

const policies: Line = ({ policies: all }) =>
  all.length === 0
    ? null
    : {
        matter: 'policies',
        weight: 'mayDrop',
        source: `The source ${list(all)}.`,
        cloud: 'Nothing of this comes along; ports drop a DHCP server’s and a router’s answers by themselves.',
        means: 'What it limited, guarded or recorded is not so any more.',
        proposals: [
          { kind: 'byTheOperator', says: 'Ask for a QoS policy or a mirror in the cloud, where that has to stay.' },
        ],
      };

/** In the order in which they are told. */
export const lines: readonly Line[] = [
  floatingAddresses,
  addresses,
  addressing,
  frames,
  trunk,
  forgedTransmits,
  macChanges,
  promiscuous,
  policies,
  firewall,
];
