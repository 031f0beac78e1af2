/** What virtual switches let pass, what guests show of it, and what ports of the cloud make of that. */
import type { InventoryNetwork, InventoryNic } from '../../../../main/shared/inventory.ts';
import { cloud, disk, machine, network, nic } from '../../../plan/sample.ts';
import type { MoveCases, MoveChange } from '../move-change.ts';

const CARD = 'Network adapter 1';
const own = { address: '192.0.2.17', prefixLength: 24 };
const silent = machine({ nics: [nic({ ipAddresses: [] })] });
const withCard = (change: Partial<InventoryNic>): MoveChange => ({ vm: machine({ nics: [nic(change)] }) });
const on = (change: Partial<InventoryNetwork>): MoveChange => ({
  networks: [{ ref: 'network-1', name: 'lan', kind: 'standard', vlanId: 12, datacenter: 'DC0', ...change }],
});
const into = (change: Parameters<typeof network>[1], extensions?: string[]): MoveChange => ({
  cloud: cloud({
    networks: [network('lan', change)],
    ...(extensions === undefined ? {} : { networkExtensions: extensions }),
  }),
});
const [subnet] = network('lan').subnets;
const withSubnet = (change: Partial<Exclude<typeof subnet, undefined>>): MoveChange =>
  into({ subnets: subnet === undefined ? [] : [{ ...subnet, ...change }] });
const floating = withCard({ ipAddresses: [own, { address: '192.0.2.50', prefixLength: 32 }] });
const router = machine({
  guest: {
    ...machine().guest,
    ownCards: [{ mac: '00:00:5e:00:01:0a', addresses: ['192.0.2.51', 'fe80::1'] }],
  },
});
const none = { promiscuous: false, forgedTransmits: false, macChanges: false };
const toLan = { from: 'lan', to: 'lan', ip: 'keep' } as const;
const many = Array.from({ length: 7 }, (_, i) => ({ address: `192.0.2.${20 + i}`, prefixLength: 24 }));
const unknownFrames = 'one side does not tell how large its frames are';
const silentSwitch = [{ given: {}, why: 'the source does not tell what its switches let pass' }];
const silentAddressing = [{ given: {}, why: 'the guest does not tell how it gets its addresses' }];

export const cases: MoveCases = {
  'NEW-04': {
    found: [
      { given: floating, about: [`${CARD}: 192.0.2.50`] },
      { given: { vm: router }, about: [`${CARD}: 192.0.2.51`] },
      { given: withCard({ mac: '00:00:5e:00:01:0a' }), about: [`${CARD}: 192.0.2.17`] },
    ],
    quiet: [
      {},
      withCard({ ipAddresses: [{ address: '192.0.2.17', prefixLength: 32 }] }), // of some clouds, and of no cluster
      { ...floating, options: { addressPairs: ['192.0.2.50'] } },
      { ...floating, options: { networks: [{ ...toLan, addressPairs: ['192.0.2.48/28'] }] } },
      { ...floating, options: { networks: [{ ...toLan, portSecurity: false }] } },
      { ...floating, ...into({ hasPortSecurity: false }) },
    ],
    beside: [{ given: { vm: silent }, why: 'the guest tells none of its addresses' }],
  },
  'NEW-04a': {
    found: [
      { given: { vm: machine({ name: 'sql-cluster-1' }) }, about: ['“cluster” in its name'] },
      { given: { vm: machine({ annotation: 'Runs keepalived.' }) }, about: ['“keepalived” in its note'] },
      {
        given: {
          vm: machine({
            guestOsName: 'Microsoft Windows Server 2019 (64-bit)',
            disks: [disk({ isMultiWriter: true })],
          }),
        },
        about: ['Windows on disks that are shared'],
      },
      {
        given: {
          vm: machine({
            guestOsName: 'Microsoft Windows Server 2019 (64-bit)',
            guest: { ...machine().guest, ownCards: [{ mac: '02:15:5d:00:00:01', addresses: ['169.254.1.2'] }] },
          }),
        },
        about: ['a card that Windows makes for a failover cluster'],
      },
    ],
    quiet: [
      {},
      { vm: machine({ name: 'clusters-of-grapes' }) },
      { vm: machine({ name: 'sql-cluster-1' }), options: { addressPairs: ['192.0.2.50'] } },
    ],
  },
  'NEW-05': {
    found: [
      { given: { vm: machine({ traits: { mtu: 9000 } }) }, about: [`${CARD}: 9000 bytes, and “lan” takes 1450`] },
      {
        given: { ...withCard({ usesDhcp: false }), ...on({ mtu: 9000 }) },
        about: [`${CARD}: 1500 bytes, and “lan” takes 1450`],
      },
    ],
    quiet: [
      { vm: machine({ traits: { mtu: 1400 } }) },
      { ...withCard({ usesDhcp: true }), ...on({ mtu: 9000 }) },
      { ...withCard({ usesDhcp: false }), ...on({ mtu: 1500 }), ...into({ mtu: 1500 }) },
    ],
    beside: [
      { given: {}, why: unknownFrames },
      { given: { ...on({ mtu: 1500 }), ...into({ mtu: null }) }, why: unknownFrames },
    ],
  },
  'NEW-05a': {
    found: [{ given: on({ mtu: 1500 }), about: [`${CARD}: up to 1500 bytes, and “lan” takes 1450`] }],
    quiet: [
      { ...on({ mtu: 1500 }), ...into({ mtu: 1500 }) },
      { ...on({ mtu: 1500 }), vm: machine({ traits: { mtu: 1450 } }) },
      { ...on({ mtu: 1500 }), ...withCard({ usesDhcp: false }) }, // which NEW-05 tells
    ],
    beside: [{ given: {}, why: unknownFrames }],
  },
  'NEW-06': {
    found: [
      {
        given: { ...withCard({ usesDhcp: true }), ...withSubnet({ hasDhcp: false }) },
        about: [`${CARD}: “lan” hands out no addresses`],
      },
    ],
    quiet: [withCard({ usesDhcp: true }), { ...withCard({ usesDhcp: false }), ...withSubnet({ hasDhcp: false }) }],
    beside: silentAddressing,
  },
  'NEW-06a': {
    found: [
      {
        given: { vm: machine({ traits: { gateways: ['192.0.2.254'] } }) },
        about: [`${CARD}: 192.0.2.254, and the subnet’s is 192.0.2.1`],
      },
    ],
    quiet: [
      { vm: machine({ traits: { gateways: ['192.0.2.1', '10.0.0.1'] } }) },
      { vm: machine({ traits: { gateways: ['192.0.2.254'] }, nics: [nic({ usesDhcp: true })] }) },
      { vm: machine({ traits: { gateways: ['192.0.2.254'] } }), ...withSubnet({ gateway: null }) },
    ],
    beside: [{ given: {}, why: 'the guest does not tell its gateway' }],
  },
  'NEW-06b': {
    found: [
      {
        given: { ...withCard({ usesDhcp: false }), options: { networks: [{ ...toLan, ip: 'auto' }] } },
        about: [`${CARD}: 192.0.2.17`],
      },
      {
        given: { ...withCard({ usesDhcp: false }), options: { networks: [{ ...toLan, ip: '192.0.2.90' }] } },
        about: [`${CARD}: 192.0.2.17`],
      },
    ],
    quiet: [
      withCard({ usesDhcp: false }),
      { ...withCard({ usesDhcp: true }), options: { networks: [{ ...toLan, ip: 'auto' }] } },
      {
        ...withCard({ usesDhcp: false }),
        options: { networks: [{ ...toLan, ip: 'auto', addressPairs: ['192.0.2.17'] }] },
      },
    ],
    beside: silentAddressing,
  },
  'NEW-06c': {
    found: [
      {
        given: {
          vm: machine({
            nics: [nic({ usesDhcp: true })],
            guest: { ...machine().guest, dnsServers: ['198.51.100.53'] },
          }),
          ...withSubnet({ dnsServers: ['192.0.2.53'] }),
        },
        about: [`${CARD}: 198.51.100.53 now, 192.0.2.53 then`],
      },
    ],
    quiet: [
      {
        vm: machine({ nics: [nic({ usesDhcp: true })], guest: { ...machine().guest, dnsServers: ['192.0.2.53'] } }),
        ...withSubnet({ dnsServers: ['192.0.2.53'] }),
      },
    ],
    beside: [{ given: {}, why: 'the guest does not tell its name servers, or how it gets them' }],
  },
  'NET-10a': {
    found: [{ given: withCard({ ipAddresses: many }), about: [`${CARD}: 7 addresses`] }],
    quiet: [
      {},
      {
        ...withCard({ ipAddresses: many }),
        options: { networks: [{ ...toLan, addressPairs: ['192.0.2.25', '192.0.2.26'] }] },
      },
    ],
  },
  'NET-15': {
    found: [
      {
        given: {
          ...withCard({ policies: ['limits the bandwidth to 100 Mbit/s'] }),
          ...on({ policies: ['filters what passes'] }),
        },
        about: [`${CARD}: limits the bandwidth to 100 Mbit/s, filters what passes`],
      },
    ],
    quiet: [{}],
  },
  'NET-21': {
    found: [
      {
        given: into({ kind: 'vlan', segmentationId: 120 }),
        about: [`${CARD}: VLAN 12 before, “lan” is VLAN 120`],
      },
    ],
    quiet: [into({ kind: 'vlan', segmentationId: 12 })],
    beside: [{ given: {}, why: 'the cards are not on VLANs on both sides, or nobody tells' }],
  },
  'NET-25': {
    found: [{ given: on({ allows: { ...none, promiscuous: true } }), about: [`${CARD} on “lan”`] }],
    quiet: [on({ allows: none }), on({ allows: { ...none, forgedTransmits: true } })],
    beside: silentSwitch,
  },
  'NET-26': {
    found: [
      {
        given: on({ allows: { ...none, forgedTransmits: true, macChanges: true } }),
        about: [`${CARD} on “lan”: forged transmits, MAC changes`],
      },
      { given: withCard({ allows: { ...none, macChanges: true } }), about: [`${CARD} on “lan”: MAC changes`] },
    ],
    quiet: [
      on({ allows: none }),
      { ...on({ allows: { ...none, macChanges: true } }), ...into({ hasPortSecurity: false }) },
    ],
    beside: silentSwitch,
  },
  'NET-27': {
    found: [
      {
        given: { ...into({}, ['router']), options: { networks: [{ ...toLan, portSecurity: false }] } },
        about: [`${CARD}: no port security`],
      },
      {
        given: { ...into({}, ['port-security']), options: { addressPairs: ['192.0.2.50'] } },
        about: [`${CARD}: address pairs`],
      },
    ],
    quiet: [
      into({}, ['router']),
      {
        ...into({}, ['port-security', 'allowed-address-pairs']),
        options: { networks: [{ ...toLan, portSecurity: false }], addressPairs: ['192.0.2.50'] },
      },
    ],
    beside: [{ given: {}, why: 'the cloud does not tell what its network service can do' }],
  },
  'NET-28': {
    found: [
      { given: { ...into({ isOwn: false }), options: { addressPairs: ['192.0.2.50'] } }, about: [`${CARD} on “lan”`] },
    ],
    quiet: [into({ isOwn: false }), { ...into({ isOwn: true }), options: { addressPairs: ['192.0.2.50'] } }],
    beside: [{ given: {}, why: 'the cloud does not tell whose its networks are' }],
  },
};
