/** What is decided before a migration: each choice with its reason, and the operator's word above all. */
import { describe, expect, test } from 'vitest';
import { liesIn } from '../../main/shared/proposals/address.ts';
import { planMigration } from '../../worker/plan/plan.ts';
import { cloud, disk, flavor, hyperv, input, machine, network, nic } from './sample.ts';

const GiB = 2 ** 30;

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

  test('that was asked for and does not fit stops the migration', () => {
    const { plan, findings } = planMigration(input({ options: { flavor: 'small' } }));

    expect(plan).toBeNull();
    expect(findings.find(({ id }) => id === 'OST-02')?.about).toEqual(['flavor “small” has 1 vCPU, and 2 are needed']);
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

describe('what stands in the way', () => {
  test.each([
    ['SRC-04', { missingPrivileges: ['VApp.Export'] }],
    ['VM-07', { vm: machine({ power: 'suspended' }) }],
    ['VM-10b', { vm: machine({ power: 'on', guest: { ...machine().guest, tools: 'missing' } }) }],
    ['VM-16', { vm: machine({ connection: 'inaccessible' }) }],
    ['DSK-20', { vm: machine({ disks: [] }) }],
    ['DSK-01', { vm: machine({ disks: [disk({ sizeBytes: 0 })] }) }],
    ['DSK-04', { vm: machine({ disks: [disk({ rawDevice: 'virtual' })] }) }],
    ['DSK-06', { vm: machine({ disks: [disk({ isMultiWriter: true })] }) }],
    ['DSK-25', { vm: machine({ disks: [disk({ problem: 'the parent “base.vhdx” is missing' })] }) }],
    ['DSK-08', { vm: machine({ disks: Array.from({ length: 27 }, (_, i) => disk({ key: String(2000 + i) })) }) }],
    ['DSK-15', { vm: machine({ isEncrypted: true }) }],
    ['DSK-16', { cloud: cloud({ hasVolumes: false }), options: { boot: 'volume' as const } }],
    [
      'NET-06',
      {
        cloud: cloud({ ports: [{ id: 'p', mac: 'fa:16:3e:00:00:01', network: 'net-lan', addresses: ['192.0.2.17'] }] }),
      },
    ],
    ['NET-07', { cloud: cloud({ ports: [{ id: 'p', mac: '00:50:56:AA:BB:01', network: 'net-lan', addresses: [] }] }) }],
    ['NET-17', { options: { floatingNetwork: 'lan' } }],
    ['DEV-03', { vm: machine({ passthrough: ['PCI device 0'] }) }],
    ['OST-03', { options: { volumeType: 'slow' } }],
    ['OST-04', { options: { availabilityZone: 'mars' } }],
    ['OST-05', { options: { securityGroups: ['open', 'closed'] } }],
    ['OST-06', { options: { serverGroup: 'none' } }],
    ['OST-13', { cloud: cloud({ quotas: { ...cloud().quotas, cores: { limit: 20, used: 19 } } }) }],
    ['OST-14', { options: { keyPair: 'none' } }],
    ['HV-01', { vm: machine({ hyperv: hyperv({ isShielded: true }) }) }],
    ['HV-02', { vm: machine({ hyperv: hyperv({ replication: 'ExtendedReplica' }) }) }],
    [
      'HV-07',
      {
        vm: machine({ power: 'on', hyperv: hyperv({ checkpointType: 'Disabled' }) }),
        options: { whileRunning: 'snapshot' as const },
      },
    ],
  ])('%s blocks, and the sound machine does not have it', (id, change) => {
    const finding = planMigration(input(change)).findings.find((one) => one.id === id);

    expect(finding).toMatchObject({ severity: 'blocks' });
    expect(planMigration(input()).findings.map((one) => one.id)).not.toContain(id);
  });

  test.each([
    ['VM-05', { cloud: cloud({ serverNames: ['web'] }) }],
    ['VM-08', { vm: machine({ power: 'on' }), options: { whileRunning: 'snapshot' as const } }],
    ['VM-10', { vm: machine({ power: 'on', guest: { ...machine().guest, tools: 'stopped' } }) }],
    ['CBT-04', { vm: machine({ snapshots: [{ ref: 's', name: 's', createdAt: '2026-01-01T00:00:00Z', depth: 0 }] }) }],
    ['CBT-05', { vm: machine({ needsConsolidation: true }) }],
    ['NET-11', { vm: machine({ nics: [nic(), nic({ key: '4001', mac: '00:50:56:aa:bb:02', ipAddresses: [] })] }) }],
    ['DEV-02', { vm: machine({ hasTpm: true }) }],
    ['DSK-26', { vm: machine({ disks: [disk({ sectorBytes: 4096 })] }) }],
    ['HV-03', { vm: machine({ hyperv: hyperv({ replication: 'Primary' }) }) }],
    ['HV-06', { vm: machine({ hyperv: hyperv({ hasRecoveryCheckpoint: true }) }) }],
    ['VM-08b', { vm: machine({ power: 'on', hyperv: hyperv() }), options: { whileRunning: 'snapshot' as const } }],
    [
      'NET-23',
      {
        networks: [{ ref: 'network-1', name: 'lan (trunk)', kind: 'switch' as const, vlanId: null, datacenter: null }],
      },
    ],
  ])('%s warns', (id, change) => {
    expect(planMigration(input(change)).findings.find((one) => one.id === id)).toMatchObject({ severity: 'warns' });
  });

  test.each([
    ['VM-14', { vm: machine({ isTemplate: true }) }],
    ['DSK-03', { vm: machine({ disks: [disk({ mode: 'independentPersistent' })] }) }],
    ['NET-12', { vm: machine({ nics: [nic({ connected: false })] }) }],
    ['DEV-01', { vm: machine({ secureBoot: true, firmware: 'uefi' }) }],
    ['NET-24', { vm: machine({ nics: [nic({ mac: null })] }) }],
    ['HV-04', { vm: machine({ hyperv: hyperv({ isClustered: true }) }) }],
    [
      'HV-05',
      { vm: machine({ hyperv: hyperv({ dynamicMemory: { startup: GiB, minimum: GiB / 2, maximum: 4 * GiB } }) }) },
    ],
  ])('%s informs', (id, change) => {
    expect(planMigration(input(change)).findings.find((one) => one.id === id)).toMatchObject({ severity: 'informs' });
  });

  test('names what there is instead of what was asked for', () => {
    const options = { volumeType: 'slow', keyPair: 'mine' };

    const { findings } = planMigration(input({ options, cloud: cloud({ keyPairs: [] }) }));

    expect(findings.find(({ id }) => id === 'OST-03')?.about).toEqual(['“slow”; there is “fast”']);
    expect(findings.find(({ id }) => id === 'OST-14')?.about).toEqual(['“mine”; there is none']);
  });

  test('of a machine that is copied as it runs tells crash-consistent from what its guest had finished', () => {
    const found = (checkpointType: string): string[] => {
      const vm = machine({ power: 'on', hyperv: hyperv({ checkpointType }) });
      return planMigration(input({ vm, options: { whileRunning: 'snapshot' } })).findings.map(({ id }) => id);
    };

    expect(found('Standard')).toEqual(['VM-08']);
    expect(found('ProductionOnly')).toEqual(['VM-08b']);
    expect(found('Disabled')).toEqual(['HV-07', 'VM-08']);
  });

  test('has the words of the file that cannot be read, and of the memory that may grow', () => {
    const dynamicMemory = { startup: GiB, minimum: GiB / 2, maximum: 4 * GiB };
    const vm = machine({ disks: [disk({ problem: 'the file is damaged' })], hyperv: hyperv({ dynamicMemory }) });

    expect(planMigration(input({ vm })).findings).toMatchObject([
      { id: 'DSK-25', about: ['Hard disk 1: the file is damaged'] },
      { id: 'HV-05', about: ['512 MiB to 4 GiB, 1 GiB at the start'] },
    ]);
  });

  test('is nothing for a sound machine and a roomy cloud', () => {
    expect(planMigration(input()).findings).toEqual([]);
    expect(planMigration(input({ vm: machine({ hyperv: hyperv() }) })).findings).toEqual([]);
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
