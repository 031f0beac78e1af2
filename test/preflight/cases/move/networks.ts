/** Network cards, ports and addresses. */
import type { CloudFacts } from '../../../../main/shared/cloud.ts';
import type { NetworkChoice } from '../../../../main/shared/migration.ts';
import type { Fix } from '../../../../main/shared/preflight.ts';
import { cloud, machine, network, nic } from '../../../plan/sample.ts';
import type { MoveCases, MoveChange } from '../move-change.ts';

const withCard = (change: Parameters<typeof nic>[0]): MoveChange => ({ vm: machine({ nics: [nic(change)] }) });
const other = nic({ key: '4001', label: 'Network adapter 2', mac: '00:50:56:aa:bb:02', ipAddresses: [] });
const twoCards: MoveChange = { vm: machine({ nics: [nic(), other] }) };
const port: CloudFacts['ports'][number] = {
  id: 'p',
  mac: 'fa:16:3e:00:00:01',
  network: 'net-lan',
  addresses: ['192.0.2.18'],
};
const withPort = (change: Partial<typeof port>): MoveChange => ({ cloud: cloud({ ports: [{ ...port, ...change }] }) });
const leftover = { name: 'guts-mig_0123456789ab-port-4000', usedBy: '' };
const removal: Fix = {
  kind: 'removePorts',
  says: 'Remove the port that an earlier try left.',
  ports: [{ id: 'p', name: leftover.name }],
};
const fix = (says: string, networks: NetworkChoice[]): Fix => ({ kind: 'options', says, options: { networks } });
const toLan: NetworkChoice = { from: 'lan', to: 'lan', ip: 'keep' };
const chosen = fix('Let the cloud choose the address.', [{ ...toLan, ip: 'auto' }]);
const both = ['192.0.2.17', '2001:db8::5'].map((address) => ({ address, prefixLength: null }));
const three = ['192.0.2.17', '192.0.2.18', '192.0.2.19'].map((address) => ({ address, prefixLength: 24 }));
const external = network('internet', { isExternal: true });
const notWished = [{ given: {}, why: 'you named none' }];

export const cases: MoveCases = {
  'NET-01': {
    found: [
      {
        given: { cloud: cloud({ networks: [network('a'), network('b')] }) },
        about: ['Network adapter 1 on “lan”'],
      },
      {
        given: { options: { networks: [{ from: 'lan', to: 'gone', ip: 'keep' }] } },
        about: ['Network adapter 1: the cloud has no network “gone” that a server can be on'],
      },
    ],
    quiet: [{}, { vm: machine({ nics: [] }) }],
  },
  'NET-05': {
    found: [
      {
        given: withCard({ ipAddresses: [{ address: '10.1.1.1', prefixLength: 8 }] }),
        about: ['Network adapter 1: 10.1.1.1 is in no subnet of “lan”'],
        fix: chosen,
      },
      {
        // All addresses were given up, and with them what was chosen besides.
        given: {
          ...withCard({ ipAddresses: both }),
          options: { networks: [{ ...toLan, portSecurity: false, addressPairs: ['192.0.2.99'] }] },
        },
        about: ['Network adapter 1: 2001:db8::5 is in no subnet of “lan”'],
        fix: fix('Keep 192.0.2.17 alone.', [
          { ...toLan, ip: '192.0.2.17', portSecurity: false, addressPairs: ['192.0.2.99'] },
        ]),
      },
      {
        given: withCard({ ipAddresses: [...both, { address: '192.0.2.18', prefixLength: 24 }] }),
        about: ['Network adapter 1: 2001:db8::5 is in no subnet of “lan”'],
        fix: null,
      },
    ],
    quiet: [{}, withCard({ ipAddresses: [{ address: 'fe80::1', prefixLength: 64 }] })],
  },
  'NET-06': {
    found: [
      {
        given: withPort({ addresses: ['192.0.2.17'] }),
        about: ['Network adapter 1: 192.0.2.17'],
        fix: chosen,
      },
      {
        given: withPort({ addresses: ['192.0.2.17'], ...leftover }),
        about: ['Network adapter 1: 192.0.2.17, by the port “guts-mig_0123456789ab-port-4000” (p)'],
        fix: removal,
      },
      {
        given: { ...withPort({ addresses: ['192.0.2.18'] }), ...withCard({ ipAddresses: three }) },
        about: ['Network adapter 1: 192.0.2.18'],
        fix: fix('Let the cloud choose the addresses. That gives up 192.0.2.17, 192.0.2.19 as well.', [
          { ...toLan, ip: 'auto' },
        ]),
      },
      {
        given: {
          ...withPort({ addresses: ['192.0.2.17'] }),
          vm: machine({ nics: [nic(), { ...other, ipAddresses: [{ address: '192.0.2.20', prefixLength: 24 }] }] }),
        },
        about: ['Network adapter 1: 192.0.2.17'],
        fix: fix('Let the cloud choose the addresses. That gives up 192.0.2.20 as well.', [{ ...toLan, ip: 'auto' }]),
      },
      {
        // Another card on a network of the same name, mapped by its ref, was meant as well; and names may be double.
        given: {
          vm: machine({ nics: [nic(), { ...other, network: 'network-2' }] }),
          cloud: cloud({
            networks: [network('lan'), { ...network('lan', { subnets: [] }), id: 'net-2' }],
            ports: [{ ...port, addresses: ['192.0.2.17'] }],
          }),
          options: {
            networks: [
              { from: 'network-2', to: 'net-2', ip: 'keep' },
              { from: null, to: 'net-lan', ip: 'keep' },
            ],
          },
        },
        about: ['Network adapter 1: 192.0.2.17'],
        fix: fix('Let the cloud choose the address.', [
          { from: 'network-1', to: 'net-lan', ip: 'auto' },
          { from: 'network-2', to: 'net-2', ip: 'keep' },
          { from: null, to: 'net-lan', ip: 'keep' },
        ]),
      },
      {
        given: {
          ...withPort({ addresses: ['192.0.2.17'] }),
          ...withCard({ network: null, networkName: null }),
          options: { networks: [{ from: null, to: 'lan', ip: 'keep' }] },
        },
        about: ['Network adapter 1: 192.0.2.17'],
        fix: null,
      },
      {
        given: withPort({ addresses: ['192.0.2.17'], ...leftover, usedBy: 'compute:nova' }),
        about: ['Network adapter 1: 192.0.2.17, by the port “guts-mig_0123456789ab-port-4000” (p)'],
        fix: chosen,
      },
    ],
    quiet: [withPort({}), withPort({ addresses: ['192.0.2.17'], network: 'net-other' })],
  },
  'NET-06b': {
    found: [
      {
        given: { ...twoCards, options: { networks: [{ from: null, to: 'lan', ip: '192.0.2.50' }] } },
        about: ['Network adapter 2: 192.0.2.50 on “lan”, as Network adapter 1'],
      },
      {
        given: { vm: machine({ nics: [nic(), { ...other, ipAddresses: nic().ipAddresses }] }) },
        about: ['Network adapter 2: 192.0.2.17 on “lan”, as Network adapter 1'],
      },
    ],
    quiet: [{}, twoCards, { ...twoCards, options: { networks: [{ from: null, to: 'lan', ip: 'auto' }] } }],
  },
  'NET-07': {
    found: [
      {
        given: withPort({ mac: '00:50:56:AA:BB:01' }),
        about: ['Network adapter 1: 00:50:56:aa:bb:01'],
        fix: { kind: 'options', says: 'Let the cloud choose the MAC addresses.', options: { keepMac: false } },
      },
      {
        given: withPort({ mac: '00:50:56:AA:BB:01', ...leftover }),
        about: ['Network adapter 1: 00:50:56:aa:bb:01, by the port “guts-mig_0123456789ab-port-4000” (p)'],
        fix: removal,
      },
    ],
    quiet: [withPort({}), { ...withPort({ mac: '00:50:56:AA:BB:01' }), options: { keepMac: false } }],
  },
  'NET-11': {
    found: [{ given: { vm: machine({ nics: [nic(), other] }) }, about: ['Network adapter 2 on “lan”'] }],
    quiet: [{}],
  },
  'NET-12': { found: [{ given: withCard({ connected: false }), about: ['Network adapter 1'] }], quiet: [{}] },
  'NET-17': {
    found: [{ given: { options: { floatingNetwork: 'lan' } }, about: ['“lan”'] }],
    quiet: [{ options: { floatingNetwork: 'internet' }, cloud: cloud({ networks: [network('lan'), external] }) }],
    beside: notWished,
  },
  'NET-23': {
    found: [
      {
        given: {
          networks: [{ ref: 'network-1', name: 'lan (trunk)', kind: 'switch', vlanId: null, datacenter: null }],
        },
        about: ['Network adapter 1'],
      },
      {
        given: {
          networks: [
            { ref: 'network-1', name: 'dv', kind: 'distributed', vlanId: null, datacenter: null, trunk: ['1-9', '20'] },
          ],
        },
        about: ['Network adapter 1: VLANs 1-9, 20'],
      },
    ],
    quiet: [{}, { networks: [{ ref: 'network-1', name: 'lan', kind: 'switch', vlanId: 7, datacenter: null }] }],
  },
  'NET-24': { found: [{ given: withCard({ mac: null }), about: ['Network adapter 1'] }], quiet: [{}] },
};
