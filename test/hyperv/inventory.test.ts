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
