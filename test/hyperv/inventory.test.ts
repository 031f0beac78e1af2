/** What a Hyper-V host says of its machines, where it says something that nobody expected. */
import { expect, test } from 'vitest';
import { InventoryAnswer } from '../../worker/sources/hyperv/answers.ts';
import { pageOf } from '../../worker/sources/hyperv/inventory/page.ts';

const machine = (name: string): Record<string, unknown> => ({
  id: `id-of-${name}`,
  name,
  generation: 2,
  version: '9.0',
  state: 'Off',
  notes: null,
  path: 'D:\\Hyper-V',
  cpus: 2,
  memory: { startup: 2 ** 30, minimum: 2 ** 30, maximum: 2 ** 30, dynamic: false },
  secureBoot: true,
  secureBootTemplate: 'MicrosoftWindows',
  bootOrder: null,
  tpm: false,
  shielded: false,
  disks: [],
  cards: [],
  words: {},
  services: [],
  checkpoints: [],
  referencePoints: [],
  checkpointType: 'Production',
  replicationState: 'Disabled',
  replicationMode: 'None',
  clustered: false,
  devices: [],
  troubles: [],
});
const told = (machines: unknown): unknown => ({
  host: { name: 'HV01', fqdn: 'hv01.example.net', system: 'Windows', version: '10.0.20348', cpus: 16, memory: 2 ** 37 },
  switches: [],
  places: null,
  cluster: null,
  machines,
  troubles: [],
});

test('a machine that is not understood is named and left out, and hides no other', () => {
  const page = pageOf(
    InventoryAnswer.parse(told([machine('first'), { ...machine('strange'), generation: 3 }, machine('last')])),
  );

  expect(page.vms.map(({ name }) => name)).toEqual(['first', 'last']);
  expect(page.warnings).toEqual(['“strange” is left out: what the host says of its generation is not understood.']);
});

test('one machine that PowerShell made a thing of its own of is a list of one, and null is none', () => {
  expect(pageOf(InventoryAnswer.parse(told(machine('only')))).vms).toHaveLength(1);
  expect(pageOf(InventoryAnswer.parse(told(null))).vms).toEqual([]);
});

// The default maximum of 1 TiB counted, and no flavor had that.
test.each([
  ['is fixed', { startup: 4, maximum: 1024, assigned: 4, dynamic: false }, 4],
  ['has a maximum that somebody set', { startup: 4, maximum: 16, assigned: 6, dynamic: true }, 16],
  ['has the maximum that Hyper-V fills in', { startup: 4, maximum: 1024, assigned: 6, dynamic: true }, 6],
  ['has it too, and is off', { startup: 4, maximum: 1024, assigned: 0, dynamic: true }, 4],
  ['has it too, and an older answer tells no more', { startup: 4, maximum: 1024, dynamic: true }, 4],
])('memory that %s counts as it should', (_, given, counts) => {
  const GiB = 2 ** 30;
  const { dynamic, ...sizes } = given;
  const memory = {
    minimum: GiB,
    dynamic,
    ...Object.fromEntries(Object.entries(sizes).map(([of, size]) => [of, size * GiB])),
  };

  const { vms } = pageOf(InventoryAnswer.parse(told({ ...machine('one'), memory })));

  expect(vms.map(({ memoryBytes }) => memoryBytes / GiB)).toEqual([counts]);
});

test('what a card may do, and what is limited or mirrored there, is told of each card; an older answer tells nothing of it', () => {
  const card = {
    id: 'card',
    name: 'Network Adapter',
    mac: '00155D012A01',
    dynamicMac: false,
    legacy: false,
    switch: 'Outside',
    connected: true,
    vlanMode: 'Untagged',
    accessVlan: 0,
    nativeVlan: 0,
    allowedVlans: '',
    addresses: [],
  };
  const settings = {
    vlanMode: 'Trunk',
    allowedVlans: '10, 20-29,nonsense',
    spoofing: 'On',
    teaming: 'On',
    dhcpGuard: 'On',
    routerGuard: 'On',
    mirroring: 'Destination',
    mostBits: 100_000_000,
  };
  const [vm] = pageOf(
    InventoryAnswer.parse(told([{ ...machine('router'), cards: [card, { ...card, ...settings }] }])),
  ).vms;

  expect(Object.keys(vm?.nics[0] ?? {})).not.toEqual(expect.arrayContaining(['allows', 'trunk', 'policies']));
  expect(vm?.nics[1]).toMatchObject({
    allows: { promiscuous: false, forgedTransmits: true, macChanges: true },
    trunk: ['10', '20-29'],
    policies: [
      'lets the guest make a team of its cards',
      'drops answers of a DHCP server in the guest',
      'drops announcements of a router in the guest',
      'mirrors other cards to this one',
      'limits the bandwidth to 100 Mbit/s',
    ],
  });
});
