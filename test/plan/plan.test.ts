/** What is decided before a migration: each choice with its reason, and the operator's word above all. */
import { describe, expect, test } from 'vitest';
import { liesIn } from '../../main/shared/proposals/address.ts';
import { planMigration } from '../../worker/plan/plan.ts';
import { cloud, disk, flavor, input, machine, network, nic } from './sample.ts';

const planned = (...args: Parameters<typeof input>) => {
  const { plan, findings } = planMigration(input(...args));
  if (plan === null) throw new Error(findings.map(({ id }) => id).join());
  return plan;
};

describe('the flavor', () => {
  test('is the one of exactly the machine’s size', () => {
    expect(planned().flavor).toMatchObject({ value: { name: 'medium' }, reason: expect.stringContaining('exactly') });
  });

  test('is otherwise the smallest that fits, and the reason tells what it wastes', () => {
    const vm = machine({ cpus: 3 });

    expect(planned({ vm }).flavor).toMatchObject({
      value: { name: 'large' },
      reason: 'The smallest that fits; it has 1 vCPU and 4096 MiB more than the machine has.',
    });
  });

  test('must have room for the boot disk, unless the server boots from a volume', () => {
    const flavors = [flavor('diskless', 2, 4096, 0), flavor('roomy', 2, 4096, 10)];

    expect(planned({ cloud: cloud({ flavors }) }).flavor.value.name).toBe('roomy');
    expect(planned({ cloud: cloud({ flavors }), options: { boot: 'volume' } }).flavor.value.name).toBe('diskless');
  });

  test('for special hardware is never chosen unasked', () => {
    const gpu = { ...flavor('gpu', 2, 4096, 40), extraSpecs: { 'pci_passthrough:alias': 'gpu:1' } };

    expect(planMigration(input({ cloud: cloud({ flavors: [gpu] }) })).plan).toBeNull();
    expect(planned({ cloud: cloud({ flavors: [gpu] }), options: { flavor: 'gpu' } }).flavor.value.name).toBe('gpu');
  });

  test('is made where that was allowed and none is exact', () => {
    const vm = machine({ cpus: 3 });
    const options = { createFlavor: true };

    expect(planned({ vm, options, cloud: cloud({ mayCreateFlavors: true }) }).flavor.value).toEqual({
      id: null,
      name: 'guts-3c-4096m-10g',
    });
    expect(planned({ vm, options }).flavor.value.name).toBe('large');
  });

  // Dynamic memory counts by its maximum, and the advice was to name a smaller one, which was refused then.
  test('that was asked for may be smaller than the machine, which is warned about', () => {
    const { plan, findings } = planMigration(input({ options: { flavor: 'small' } }));

    expect(plan?.flavor.value.name).toBe('small');
    expect(findings).toEqual([
      expect.objectContaining({
        id: 'OST-02a',
        severity: 'warns',
        about: [
          'flavor “small” has 1 vCPU, and 2 are needed',
          'flavor “small” has 2048 MiB of memory, and 4096 are needed',
        ],
      }),
    ]);
  });

  test('that was asked for and has no room for the boot disk stops the migration', () => {
    const flavors = [flavor('thin', 2, 4096, 5)];
    const { plan, findings } = planMigration(input({ cloud: cloud({ flavors }), options: { flavor: 'thin' } }));

    expect(plan).toBeNull();
    expect(findings.find(({ id }) => id === 'OST-02')?.about).toEqual([
      'flavor “thin” has 5 GiB of disk, and 10 are needed',
    ]);
  });
});

describe('a network card', () => {
  test('goes to the network of the same name, with its MAC and address', () => {
    const networks = [network('LAN'), network('other', { subnets: [] })];

    expect(planned({ cloud: cloud({ networks }) }).ports).toEqual([
      {
        nicKey: '4000',
        label: 'Network adapter 1',
        networkId: 'net-LAN',
        networkName: 'LAN',
        mac: '00:50:56:aa:bb:01',
        fixedIps: [{ subnetId: 'subnet-LAN', address: '192.0.2.17' }],
      },
    ]);
  });

  test('else to the one of the same VLAN, else to the one that has its address', () => {
    const vlan = network('vlan12', { kind: 'vlan', segmentationId: 12, subnets: [] });
    const home = network('home');
    const other = network('other', { subnets: [] });

    expect(planned({ cloud: cloud({ networks: [home, vlan, other] }) }).ports[0]?.networkName).toBe('vlan12');
    expect(planned({ cloud: cloud({ networks: [home, other] }) }).ports[0]?.networkName).toBe('home');
  });

  test('that fits several networks, or none, waits for the operator’s choice', () => {
    const networks = [network('a'), network('b')];
    const ask = { cloud: cloud({ networks }) };

    expect(planMigration(input(ask)).findings).toContainEqual(
      expect.objectContaining({ id: 'NET-01', severity: 'blocks', about: ['Network adapter 1 on “lan”'] }),
    );
    const choice = { from: 'lan', to: 'b', ip: 'auto' } as const;
    expect(planned({ ...ask, options: { networks: [choice] } }).ports).toMatchObject([
      { networkName: 'b', fixedIps: [] },
    ]);
  });

  test('never goes to an external network', () => {
    const networks = [network('lan', { isExternal: true })];

    expect(planMigration(input({ cloud: cloud({ networks }) })).findings.map(({ id }) => id)).toContain('NET-01');
  });

  test('loses an address that the network does not have, and that is said', () => {
    const vm = machine({ nics: [nic({ ipAddresses: [{ address: '10.1.1.1', prefixLength: 8 }] })] });
    const { plan, findings } = planMigration(input({ vm }));

    expect(plan?.ports[0]?.fixedIps).toEqual([]);
    expect(findings.find(({ id }) => id === 'NET-05')?.about).toEqual([
      'Network adapter 1: 10.1.1.1 is in no subnet of “lan”',
    ]);
  });

  // Neutron refuses any address that is asked for in such a subnet, after everything was copied.
  test('asks for no address where its MAC gives one, and says which that is not', () => {
    const subnet = { id: 'v6', name: 'v6', cidr: '2001:db8::/64', ipVersion: 6, hasDhcp: true, isByMac: true } as const;
    const rest = { gateway: null, pools: [], dnsServers: [] };
    const lan = network('lan');
    const networks = [{ ...lan, subnets: [...lan.subnets, { ...subnet, ...rest }] }];
    const [ofMac, ofNobody] = ['2001:db8::250:56ff:feaa:bb01', '2001:db8::5'];
    const ipAddresses = ['192.0.2.17', ofMac, ofNobody].map((address) => ({ address, prefixLength: null }));
    const vm = machine({ nics: [nic({ ipAddresses })] });
    const { plan, findings } = planMigration(input({ vm, cloud: cloud({ networks }) }));

    expect(plan?.ports).toMatchObject([
      { fixedIps: [{ subnetId: 'subnet-lan', address: '192.0.2.17' }], ipsByMac: [ofMac] },
    ]);
    expect(findings.find(({ id }) => id === 'NET-05')?.about).toEqual([
      'Network adapter 1: 2001:db8::5 cannot be asked for in 2001:db8::/64 of “lan”, where the MAC gives one',
    ]);
  });

  test('leaves link-local addresses behind without a word', () => {
    const addresses = ['192.0.2.17', 'fe80::1', '169.254.3.4'];
    const vm = machine({ nics: [nic({ ipAddresses: addresses.map((address) => ({ address, prefixLength: null })) })] });
    const { plan, findings } = planMigration(input({ vm }));

    expect(plan?.ports[0]?.fixedIps.map(({ address }) => address)).toEqual(['192.0.2.17']);
    expect(findings.map(({ id }) => id)).not.toContain('NET-05');
  });
});

describe('the hardware', () => {
  test.each([
    ['ubuntu64Guest', 'bios', 'virtio', { hw_disk_bus: 'virtio', hw_vif_model: 'virtio', os_distro: 'ubuntu' }],
    [
      'windows2019srv_64Guest',
      'bios',
      'compatible',
      { hw_disk_bus: 'sata', hw_vif_model: 'e1000', os_type: 'windows' },
    ],
    ['rhel8_64Guest', 'uefi', 'compatible', { hw_machine_type: 'q35', hw_firmware_type: 'uefi', os_distro: 'rhel' }],
  ] as const)('of %s with %s is %s', (guestOsId, firmware, profile, properties) => {
    const plan = planned({ vm: machine({ guestOsId, firmware }) });

    expect(plan.profile.value).toBe(profile);
    expect(plan.imageProperties).toMatchObject(properties);
  });

  test('keeps IDE for a guest that boots from it, but not on the board of UEFI', () => {
    const ide = disk({ controller: { kind: 'ide', model: 'ide', bus: 0, unit: 0, isShared: false } });
    const old = { guestOsId: 'winNetStandardGuest', disks: [ide] };

    expect(planned({ vm: machine(old) }).imageProperties['hw_disk_bus']).toBe('ide');
    expect(planned({ vm: machine({ ...old, firmware: 'uefi' }) }).imageProperties['hw_disk_bus']).toBe('sata');
  });

  // All went to IDE, which takes four devices; and a cloud whose servers have no IDE unasked was not asked for it.
  test('leaves a place of IDE to a config drive, and what has none is on SATA', () => {
    const on = (kind: 'ide' | 'scsi', unit: number) => ({ kind, model: null, bus: 0, unit, isShared: false });
    const disks = [1, 2, 3, 4, 0].map((unit) =>
      disk({ key: `${unit}`, controller: on(unit === 0 ? 'ide' : 'scsi', unit) }),
    );
    const vm = machine({ guestOsId: 'windows2019srv_64Guest', disks, bootOrder: ['0'] });
    const plan = planned({ vm });

    expect(plan.imageProperties).toMatchObject({ hw_disk_bus: 'ide', hw_machine_type: 'pc' });
    expect(plan.disks.map(({ key, bus }) => [key, bus])).toEqual([
      ['1', undefined],
      ['2', undefined],
      ['3', 'sata'],
      ['4', 'sata'],
      ['0', undefined],
    ]);
    expect(planned({ vm, options: { profile: 'virtio' } }).disks.map(({ bus }) => bus)).toEqual(
      disks.map(() => undefined),
    );
  });

  test('is the operator’s to choose', () => {
    expect(planned({ options: { profile: 'compatible' } }).profile).toEqual({
      value: 'compatible',
      reason: 'You chose it.',
    });
  });
});

describe('the disks', () => {
  test('boot in the firmware’s order', () => {
    const disks = [disk(), disk({ key: '2001', label: 'Hard disk 2' })];

    expect(planned({ vm: machine({ disks }) }).disks.map(({ bootIndex }) => bootIndex)).toEqual([0, null]);
    expect(planned({ vm: machine({ disks, bootOrder: ['2001'] }) }).disks.map(({ bootIndex }) => bootIndex)).toEqual([
      null,
      0,
    ]);
  });

  test('are counted in whole GiB, rounded up', () => {
    const vm = machine({ disks: [disk({ sizeBytes: 2 ** 30 + 512 })] });

    expect(planned({ vm }).disks[0]?.sizeGiB).toBe(2);
  });

  test('are read by the first way that nothing stands against', () => {
    const readings = [
      { reading: 'areas', obstacle: 'change tracking is off', reason: '' },
      { reading: 'lease', obstacle: null, reason: 'Compressed on its way.' },
    ] as const;

    expect(planned({ readings }).disks[0]?.reading).toEqual({ value: 'lease', reason: 'Compressed on its way.' });
    const { plan, findings } = planMigration(input({ readings, options: { reading: 'areas' } }));
    expect(plan).toBeNull();
    expect(findings.find(({ id }) => id === 'DSK-24')?.about).toEqual(['areas: change tracking is off']);
  });
});

test.each([
  ['192.0.2.17', '192.0.2.0/24', true],
  ['192.0.3.17', '192.0.2.0/24', false],
  ['2001:db8::7', '2001:db8::/64', true],
  ['2001:db8:1::7', '2001:db8::/64', false],
  ['192.0.2.17', '2001:db8::/64', false],
  ['nonsense', '192.0.2.0/24', false],
  ['192.0.2.17', '192.0.2.17/33', false],
  ['192.0.2.17', '0.0.0.0/0', true],
  ['192.0.2.256', '0.0.0.0/0', false],
  ['2001:db8:0:0:0:0:0:1', '2001:db8::1/128', true],
  ['::ffff:192.0.2.17', '::ffff:192.0.2.0/120', true],
  ['2001:db8::1::2', '2001:db8::/32', false],
  ['192.0.2.17', '2001:db8::/32', false],
  ['192.0.2.17', 'nonsense', false],
])('%s lies in %s: %s', (address, cidr, expected) => {
  expect(liesIn(address, cidr)).toBe(expected);
});
