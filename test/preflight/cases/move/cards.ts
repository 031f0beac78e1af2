/** Network cards by their model, their addresses and the kind of network that they are on. */
import { machine, nic } from '../../../plan/sample.ts';
import type { MoveCases, MoveChange } from '../move-change.ts';

const withCard = (change: Parameters<typeof nic>[0]): MoveChange => ({ vm: machine({ nics: [nic(change)] }) });
const runsWith = (change: Parameters<typeof nic>[0]) => machine({ power: 'on', nics: [nic(change)] });
const address = (text: string) => ({ address: text, prefixLength: null });

export const cases: MoveCases = {
  'NET-04': {
    found: [{ given: { vm: runsWith({ ipAddresses: [] }) }, about: ['Network adapter 1'] }],
    quiet: [{ vm: runsWith({}) }, { vm: machine({ power: 'on', nics: [] }) }],
    beside: [
      { given: withCard({ ipAddresses: [] }), why: 'the guest does not run, or its tools do not' },
      {
        given: { vm: { ...runsWith({ ipAddresses: [] }), guest: { ...machine().guest, tools: 'stopped' } } },
        why: 'the guest does not run, or its tools do not',
      },
    ],
  },
  'NET-10': {
    found: [
      {
        given: withCard({ ipAddresses: [address('192.0.2.17'), address('192.0.2.18'), address('2001:db8::1')] }),
        about: ['Network adapter 1: 192.0.2.17, 192.0.2.18'],
      },
    ],
    quiet: [{}, withCard({ ipAddresses: [address('192.0.2.17'), address('fe80::1'), address('2001:db8::1')] })],
  },
  'NET-13': {
    found: [
      { given: withCard({ model: 'pcnet32' }), about: ['Network adapter 1: pcnet32'] },
      { given: withCard({ model: 'legacy' }), about: ['Network adapter 1: legacy'] },
    ],
    quiet: [{}, withCard({ model: 'e1000e' }), withCard({ model: 'synthetic' })],
  },
  'NET-14': {
    found: [{ given: withCard({ model: 'sriov' }), about: ['Network adapter 1'] }],
    quiet: [{}],
  },
  'NET-16': {
    found: [
      {
        given: { networks: [{ ref: 'network-1', name: 'web', kind: 'opaque', vlanId: null, datacenter: null }] },
        about: ['Network adapter 1 on “web”'],
      },
    ],
    quiet: [{}],
    beside: [{ given: { networks: [] }, why: 'the source does not tell of its networks' }],
  },
};
