/** Networks of a data centre as an assessment tells them: what each becomes, what is to be made, and where subnets overlap. */
import { describe, expect, test } from 'vitest';
import type { CloudFacts } from '../../main/shared/cloud.ts';
import type { InventoryNetwork, InventoryVm } from '../../main/shared/inventory.ts';
import { anonymised } from '../../worker/assessment/anonymise.ts';
import { cloud, network, nic } from '../plan/sample.ts';
import { estate, judged, vm } from './estate.ts';

describe('networks', () => {
  test('become what is like them in the cloud, with what is free there', async () => {
    const facts = cloud({ networks: [network('lan'), network('dmz')], freeAddresses: { 'subnet-lan': 1 } });

    const { networks, hurts } = await judged(estate({ vms: [vm('a'), vm('b')] }), {}, { name: 'prod', facts });

    expect(networks).toEqual([
      {
        name: 'lan',
        ref: 'network-1',
        vlanId: 12,
        machines: 2,
        cards: 2,
        addresses: 2,
        known: 1,
        to: { name: 'lan', why: 'name', free: 1 },
        proposal: '“lan” has room for 1 of 2 addresses.',
      },
    ]);
    expect(hurts.map(({ says }) => says)).toContain('1 network of the cloud has too few free addresses');
  });

  test('become none by addresses that stand for others, where names were taken', async () => {
    // Guests of the first subnet were put onto whatever has 10.0.1.0/24 in the cloud.
    const named = estate({
      vms: [vm('a', { nics: [nic({ ipAddresses: [{ address: '192.168.77.5', prefixLength: 24 }] })] })],
      networks: [{ ref: 'network-1', name: 'old-dmz', kind: 'standard', vlanId: null, datacenter: 'DC0' }],
    });
    const [subnet] = network('any').subnets;
    const of = (name: string, cidr: string) =>
      network(name, { subnets: subnet === undefined ? [] : [{ ...subnet, id: name, cidr }] });
    const facts = cloud({ networks: [of('dmz-new', '192.168.77.0/24'), of('backup-net', '10.0.1.0/24')] });
    const becomes = async (which: typeof named) =>
      (await judged(which, {}, { name: 'prod', facts })).networks.map(({ to }) => to?.name ?? null);

    expect(await becomes(named)).toEqual(['dmz-new']);
    expect(await becomes(anonymised(named))).toEqual([null]);
  });

  test('are to be made as the guests have them where no cloud was asked', async () => {
    const [told] = (await judged(estate())).networks;
    const [untold] = (await judged(estate({ vms: [vm('a', { nics: [nic({ ipAddresses: [] })] })] }))).networks;

    expect(told?.proposal).toBe('Make a network on VLAN 12 with 192.0.2.0/24, as its guests have it.');
    expect(untold?.proposal).toBe('Make a network on VLAN 12 with room for one address (a /28).');
  });
});

describe('networks to be made', () => {
  const net = (ref: string, change: Partial<InventoryNetwork> = {}): InventoryNetwork => ({
    ref,
    name: ref,
    kind: 'distributed',
    vlanId: 100,
    datacenter: 'DC0',
    ...change,
  });
  const on = (ref: string, address: string) =>
    nic({ network: ref, networkName: ref, ipAddresses: [{ address, prefixLength: null }] });
  const proposals = async (networks: InventoryNetwork[], cards: ReturnType<typeof nic>[]): Promise<string[]> =>
    (await judged(estate({ vms: [vm('a', { nics: cards })], networks }))).networks.map(({ proposal }) => proposal);

  test('are one for port groups of one VLAN and subnet, which is said once', async () => {
    const cards = [on('servers', '10.1.100.16'), on('servers', '10.1.100.20'), on('segment', '10.1.100.56')];

    expect(await proposals([net('servers'), net('segment')], cards)).toEqual([
      'Make a network on VLAN 100 with the subnet that its guests have (10.1.100.16 to 10.1.100.56 seen), where they are to keep their addresses, one for “servers” and “segment”, which have the same VLAN.',
      'Comes onto the network of “servers”, which has the same VLAN.',
    ]);
  });

  test.each([
    ['in another data centre', net('b', { datacenter: 'DC1' }), '10.1.100.56'],
    ['on another VLAN', net('b', { vlanId: 101 }), '10.1.100.56'],
    ['with guests of another subnet', net('b'), '10.9.9.9'],
    ['without a VLAN', net('b', { vlanId: null }), '10.1.100.56'],
  ])('are several where one is %s', async (_, other, address) => {
    const said = await proposals([net('a'), other], [on('a', '10.1.100.16'), on('b', address)]);

    for (const text of said) expect(text).toMatch(/^Make a network/);
  });

  test('say of a trunk what it takes, which one network does not do', async () => {
    const [said] = await proposals([net('trunk', { vlanId: null, trunk: ['0-4094'] })], [on('trunk', '10.1.50.85')]);

    expect(said).toContain(
      'It is a trunk (VLANs 0-4094): each VLAN that its guests tag needs a network of its own; give a guest a card for each before, or make a trunk with subports of its port afterwards.',
    );
  });
});

describe('networks whose subnets overlap', () => {
  const on = (name: string, ref: string, address: string, prefixLength: number | null) =>
    vm(name, { nics: [nic({ network: ref, networkName: ref, ipAddresses: [{ address, prefixLength }] })] });
  const net = (ref: string, vlanId: number | null) =>
    ({ ref, name: ref, kind: 'standard', vlanId, datacenter: 'DC0' }) as const;
  const networks = [net('shop', 10), net('lab', 20), net('shop-2', 10), net('far', 30)];
  const saidOf = async (
    vms: InventoryVm[],
    facts: CloudFacts | null = null,
    of = estate({ networks }),
  ): Promise<string[]> => {
    const asked = facts === null ? null : { name: 'prod', facts };
    const { hurts } = await judged({ ...of, vms }, {}, asked);
    return hurts.filter(({ says }) => says.includes('several networks')).flatMap(({ says, about }) => [says, ...about]);
  };

  test('are told as their guests have them, and that one VLAN may be one network', async () => {
    const apart = await saidOf([on('a', 'shop', '10.1.2.3', 24), on('b', 'lab', '10.1.99.4', 16)]);
    const elsewhere = networks.map((one) => (one.ref === 'shop-2' ? { ...one, datacenter: 'DC1' } : one));
    const alike = await saidOf(
      [on('a', 'shop', '10.1.2.3', 24), on('b', 'shop-2', '10.1.2.4', 24)],
      null,
      estate({ networks: elsewhere }),
    );

    expect(apart).toEqual([
      '1 range of addresses is in several networks, which no router of the cloud can serve together',
      '10.1.0.0/16 in “lab” (VLAN 20) and 10.1.2.0/24 in “shop” (VLAN 10)',
    ]);
    expect(alike.slice(1)).toEqual([
      '10.1.2.0/24 in “shop” (VLAN 10) and 10.1.2.0/24 in “shop-2” (VLAN 10): on one VLAN, so that one network may do',
    ]);
  });

  test('are told as the cloud has them', async () => {
    const facts = cloud({ networks: [network('shop'), network('lab'), network('other')] });

    expect(await saidOf([on('a', 'shop', '10.1.2.3', null), on('b', 'lab', '10.9.2.3', null)], facts)).toEqual([
      '1 range of addresses is in several networks, which no router of the cloud can serve together',
      '192.0.2.0/24 in “lab” (VLAN 20, becomes “lab”) and 192.0.2.0/24 in “shop” (VLAN 10, becomes “shop”)',
    ]);
  });

  test('are none where they are apart, become one network, or nobody tells how long prefixes are', async () => {
    const one = cloud({ networks: [network('only')] });

    expect(await saidOf([on('a', 'shop', '10.1.2.3', 24), on('b', 'lab', '10.1.3.3', 24)])).toEqual([]);
    expect(await saidOf([on('a', 'shop', '10.1.2.3', 24), on('b', 'shop', '10.1.2.4', 16)])).toEqual([]);
    expect(await saidOf([on('a', 'shop', '10.1.2.3', 24), on('b', 'shop-2', '10.1.2.4', 24)])).toEqual([]);
    expect(await saidOf([on('a', 'shop', '10.1.2.3', null), on('b', 'lab', '10.1.2.3', null)])).toEqual([]);
    expect(await saidOf([on('a', 'shop', '192.0.2.3', 24), on('b', 'lab', '192.0.2.4', 24)], one)).toEqual([]);
  });

  test('are not made by taking names away', async () => {
    const { hurts } = await judged(
      anonymised(estate({ vms: [on('a', 'shop', '10.1.2.3', 16), on('b', 'lab', '10.2.2.3', 16)], networks })),
    );

    expect(hurts.filter(({ says }) => says.includes('several networks'))).toEqual([]);
  });
});
