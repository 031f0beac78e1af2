/** What is proposed for many machines at once: networks, datastores, totals against quotas, how long it takes. */
import { describe, expect, test } from 'vitest';
import { defaultOptions } from '../../main/shared/migration.ts';
import { lackOf, needOf, smallestFitting } from '../../main/shared/proposals/flavor.ts';
import { forecastSeconds, measuredRate } from '../../main/shared/proposals/forecast.ts';
import { datastoreNeeds, networkNeeds } from '../../main/shared/proposals/needs.ts';
import { keepable, proposeNetwork } from '../../main/shared/proposals/networks.ts';
import { quotaLines, totalsOf } from '../../main/shared/proposals/totals.ts';
import { cloud, disk, flavor, machine, network, nic } from './sample.ts';

const GiB = 2 ** 30;
const at = (...addresses: string[]) => addresses.map((address) => ({ address, prefixLength: 24 }));

describe('a network of the cloud is proposed', () => {
  const subnet = (cidr: string) => network('x', {}).subnets.map((one) => ({ ...one, cidr }));
  const lan = network('lan', { subnets: subnet('192.0.2.0/24') });
  const servers = network('servers', { kind: 'vlan', segmentationId: 120, subnets: subnet('198.51.100.0/24') });
  const outside = network('outside', { isExternal: true, subnets: subnet('203.0.113.0/24') });
  const networks = [lan, servers, outside];
  const nothing = { name: null, vlanId: null, addresses: [] };

  test.each([
    ['by its name, whatever the letters’ case', { ...nothing, name: 'LAN', vlanId: 120 }, 'lan', 'name'],
    ['by its VLAN', { ...nothing, name: 'dv-120', vlanId: 120, addresses: ['192.0.2.9'] }, 'servers', 'vlan'],
    ['by the subnet that has the guests’ addresses', { ...nothing, addresses: ['192.0.2.9'] }, 'lan', 'subnet'],
  ])('%s', (_, side, name, why) => {
    expect(proposeNetwork(side, { networks })).toMatchObject({ network: { name }, why });
  });

  test('where it is the only one; where nothing speaks for one of several, none is', () => {
    expect(proposeNetwork(nothing, { networks: [lan, outside] })).toMatchObject({ network: lan, why: 'only' });
    expect(proposeNetwork({ ...nothing, vlanId: 0 }, { networks })).toBeNull();
    expect(proposeNetwork({ ...nothing, addresses: ['192.0.2.9', '198.51.100.9'] }, { networks })).toBeNull();
    expect(proposeNetwork({ ...nothing, addresses: ['203.0.113.9'] }, { networks })).toBeNull();
  });

  test('and tells which addresses it can keep; those of a link alone are nobody’s loss', () => {
    expect(keepable(['192.0.2.9', '203.0.113.9', 'fe80::1'], lan)).toEqual({
      kept: ['192.0.2.9'],
      lost: ['203.0.113.9'],
    });
  });
});

describe('what machines need', () => {
  const networks = [
    { ref: 'network-1', name: 'lan', vlanId: 12 },
    { ref: 'network-2', name: 'twin', vlanId: null },
    { ref: 'network-3', name: 'twin', vlanId: 7 },
  ];

  test('is each network once, with its cards and addresses; of two with one name each by its ref', () => {
    const web = machine({ ref: 'vm-1', nics: [nic(), nic({ key: '4001', ipAddresses: at('192.0.2.18') })] });
    const twin = nic({ key: '4001', network: 'network-3', networkName: 'twin', ipAddresses: [] });
    const other = nic({ key: '4003', network: 'network-2', networkName: 'twin', ipAddresses: [] });
    const nowhere = nic({ key: '4002', network: null, networkName: null });
    const app = machine({
      ref: 'vm-2',
      nics: [nic({ ipAddresses: at('192.0.2.17', '192.0.2.19') }), twin, other, nowhere],
    });

    expect(networkNeeds([web, app], networks)).toEqual([
      {
        from: 'lan',
        name: 'lan',
        ref: 'network-1',
        vlanId: 12,
        cards: 3,
        machines: 2,
        addresses: ['192.0.2.17', '192.0.2.18', '192.0.2.19'],
      },
      { from: 'network-3', name: 'twin', ref: 'network-3', vlanId: 7, cards: 1, machines: 1, addresses: [] },
      { from: 'network-2', name: 'twin', ref: 'network-2', vlanId: null, cards: 1, machines: 1, addresses: [] },
    ]);
  });

  test('is the datastore of each machine’s boot disk', () => {
    const data = disk({ key: '2001', datastore: 'datastore-2', sizeBytes: 5 * GiB });
    const web = machine({ ref: 'vm-1', disks: [disk(), data] });
    const fromSecond = machine({ ref: 'vm-2', disks: [disk(), data], bootOrder: ['9999', '2001'] });
    const diskless = machine({ ref: 'vm-3', disks: [] });

    expect(datastoreNeeds([web, fromSecond, diskless], [{ ref: 'datastore-1', name: 'ssd' }])).toEqual([
      { ref: null, name: '', machines: ['vm-3'], bytes: 0 },
      { ref: 'datastore-2', name: 'datastore-2', machines: ['vm-2'], bytes: 15 * GiB },
      { ref: 'datastore-1', name: 'ssd', machines: ['vm-1'], bytes: 15 * GiB },
    ]);
  });
});

test('a flavor that does not fit says what it lacks', () => {
  const need = needOf(machine({ cpus: 2 }), 10, 'image');

  expect(lackOf(flavor('small', 1, 8192, 40), need)).toEqual({ of: 'vcpus', has: 1, needs: 2 });
  expect(lackOf(flavor('thin', 2, 4096, 0), need)).toEqual({ of: 'diskGiB', has: 0, needs: 10 });
  expect(smallestFitting([flavor('large', 4, 8192, 80), flavor('medium', 2, 4096, 40)], need)?.name).toBe('medium');
});

describe('the totals of a plan', () => {
  const two = machine({ cpus: 3, disks: [disk({ sizeBytes: 10 * GiB + 1 }), disk({ key: '2001', sizeBytes: GiB })] });

  test('count flavors, not machines, and volumes only where there are some', () => {
    const image = { vm: two, options: defaultOptions };
    const volume = { vm: two, options: { ...defaultOptions, boot: 'volume', floatingNetwork: 'public' } } as const;

    expect(totalsOf([image], cloud()).needs).toEqual({
      instances: 1,
      cores: 4,
      memoryMiB: 8192,
      ports: 1,
      floatingIps: 0,
      volumes: 1,
      volumeGiB: 1,
    });
    expect(totalsOf([image, volume], cloud())).toMatchObject({
      machines: 2,
      bytes: 22 * GiB + 2,
      needs: { cores: 8, floatingIps: 1, volumes: 3, volumeGiB: 13 },
    });
  });

  test('tell how much of a quota is too little; no limit is never too little', () => {
    const quotas = { ...cloud().quotas, cores: { limit: 10, used: 8 }, ports: { limit: -1, used: 3 } };

    const lines = quotaLines(totalsOf([{ vm: two, options: defaultOptions }], cloud()), quotas);

    expect(lines.find(({ of }) => of === 'cores')).toEqual({ of: 'cores', limit: 10, used: 8, needs: 4, over: 2 });
    expect(lines.find(({ of }) => of === 'ports')).toEqual({ of: 'ports', limit: null, used: 3, needs: 1, over: 0 });
  });
});

describe('how long it takes', () => {
  test('is not known where nothing was measured', () => {
    expect(measuredRate([])).toBeNull();
    expect(measuredRate([{ bytes: 0, seconds: 7 }])).toBeNull();
  });

  test('is by what was moved in the time that it took', () => {
    expect(
      measuredRate([
        { bytes: 300, seconds: 10 },
        { bytes: 100, seconds: 10 },
      ]),
    ).toBe(20);
  });

  test('is wave after wave, side by side within one, and not less than the largest machine takes', () => {
    expect(forecastSeconds([[100, 100, 100, 100], []], 10, 2)).toBe(20);
    expect(forecastSeconds([[300, 10, 10], [50]], 10, 4)).toBe(35);
  });
});
