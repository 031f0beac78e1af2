/** An estate without names: nothing that somebody wrote is left in it, and it is judged as before. */
import { describe, expect, test } from 'vitest';
import { Estate } from '../../main/shared/estate.ts';
import { anonymised } from '../../worker/assessment/anonymise.ts';
import type { InventoryVm } from '../../main/shared/inventory.ts';
import { disk, hyperv, machine, nic } from '../plan/sample.ts';
import { estate, judged } from './estate.ts';

const SECRET = 'zebra';

/** Every text that somebody wrote has the word in it, and addresses are told by theirs. */
const telling = estate({
  from: [`${SECRET}.xlsx`],
  vms: [
    machine({
      ref: `ref-${SECRET}`,
      name: `${SECRET}-db`,
      folder: `${SECRET}-dc/vm/${SECRET}-team`,
      datacenter: `${SECRET}-dc`,
      cluster: `${SECRET}-cluster`,
      host: `host-${SECRET}`,
      pool: `pool-${SECRET}`,
      biosUuid: '4206d7a1-0000-0000-0000-0000000000aa',
      guest: {
        tools: 'running',
        isToolsOld: false,
        hostName: `${SECRET}.example`,
        dnsServers: ['203.0.113.53'],
        disks: [{ path: `/data/${SECRET}`, capacityBytes: 1, freeBytes: 0, diskKeys: [SECRET] }],
        // They stood in the estate as they were once: bridges of containers, VPNs, virtual routers.
        ownCards: [
          { mac: '02:42:ac:11:00:01', addresses: ['172.17.0.1', 'fe80::42:acff:fe11:1'] },
          { mac: null, addresses: ['2001:db8:77::9'] },
        ],
      },
      bootOrder: [SECRET],
      disks: [
        disk({
          key: SECRET,
          label: `${SECRET}.vhdx`,
          file: `[${SECRET}] x/${SECRET}.vmdk`,
          datastore: `ds-${SECRET}`,
          problem: SECRET,
        }),
      ],
      nics: [
        nic({
          key: 'Microsoft:4206D7A1-0000-0000-0000-0000000000AA\\1',
          label: SECRET,
          network: `net-${SECRET}`,
          networkName: `${SECRET}-lan`,
          mac: '00:50:56:12:34:56',
          policies: [SECRET],
        }),
      ],
      snapshots: [{ ref: SECRET, name: `before ${SECRET}`, createdAt: '2025-01-01T00:00:00Z', depth: 0 }],
      passthrough: [SECRET],
      annotation: `owned by ${SECRET}`,
      tags: [`${SECRET}:${SECRET}`, SECRET],
      hyperv: hyperv(),
      traits: {
        question: SECRET,
        tasks: [SECRET],
        media: [SECRET],
        ports: [SECRET],
        oddDevices: [SECRET],
        tuning: [SECRET],
        availability: [SECRET, `fault tolerance ${SECRET}`],
        usb: [SECRET],
        graphics: [SECRET],
        product: `${SECRET} billing`,
        gateways: ['203.0.113.1'],
      },
    }),
    machine({
      ref: `other-${SECRET}`,
      name: `${SECRET}-web`,
      datacenter: `${SECRET}-dc`,
      nics: [
        nic({
          network: `net-${SECRET}`,
          networkName: `${SECRET}-lan`,
          mac: null,
          ipAddresses: [{ address: '192.0.2.99', prefixLength: 24 }],
        }),
      ],
    }),
  ],
  networks: [
    {
      ref: `net-${SECRET}`,
      name: `${SECRET}-lan`,
      kind: 'standard',
      vlanId: 7,
      datacenter: `${SECRET}-dc`,
      policies: [SECRET],
    },
  ],
  datastores: [
    {
      ref: `ds-${SECRET}`,
      name: SECRET,
      kind: 'VMFS',
      capacityBytes: 1,
      freeBytes: 1,
      isAccessible: true,
      datacenter: null,
    },
  ],
  hosts: [
    {
      ref: `host-${SECRET}`,
      name: SECRET,
      cluster: SECRET,
      isConnected: true,
      inMaintenance: false,
      cpus: 1,
      memoryBytes: 1,
      version: '8.0',
    },
  ],
  gaps: [{ of: 'tpm', says: `${SECRET} has no TPM column`, machines: [`ref-${SECRET}`] }],
  warnings: [`vInfo, row 3: “${SECRET}” is no number`],
});

describe('an estate without names', () => {
  const without = anonymised(telling);

  test('has nothing left of what somebody wrote, and is still an estate', () => {
    const text = JSON.stringify(without);

    expect(Estate.parse(without)).toEqual(without);
    expect(text).not.toContain(SECRET);
    expect(text).not.toMatch(/203\.0\.113|192\.0\.2|00:50:56|4206d7a1|owned by/i);
    expect(text).not.toMatch(/02:42:ac|172\.17|42:acff|db8:77/);
  });

  test('replaces the same by the same', () => {
    const [db, web] = without.vms;
    const [network] = without.networks;

    expect(db?.nics[0]?.network).toBe(network?.ref);
    expect(db?.nics[0]?.networkName).toBe(network?.name);
    expect(web?.nics[0]?.network).toBe(network?.ref);
    expect(db?.host).toBe(without.hosts[0]?.ref);
    expect(db?.disks[0]?.datastore).toBe(without.datastores[0]?.ref);
    expect(without.gaps[0]?.machines).toEqual([db?.ref]);
    expect(db?.folder.split('/')[0]).toBe(db?.datacenter);
    expect(db?.ref).not.toBe(web?.ref);
  });

  test('says how much is not told of it, without the words of the file', () => {
    expect(without.gaps.map(({ says }) => says)).toEqual(['Of 1 machine nothing is told about tpm.']);
    expect(without.warnings).toEqual(['1 row or cell could not be understood.']);
  });

  test('keeps neighbours in one subnet', () => {
    const addresses = without.vms.flatMap(({ nics }) => nics.flatMap(({ ipAddresses }) => ipAddresses));
    const [first, second] = addresses.map(({ address }) => address.split('.'));

    expect(first?.slice(0, 3)).toEqual(second?.slice(0, 3));
    expect([first?.[3], second?.[3]]).toEqual(['17', '99']);
  });

  test('is judged as before', async () => {
    const [before, after] = [await judged(telling), await judged(without)];

    expect(after.totals).toEqual(before.totals);
    expect(after.readiness).toEqual(before.readiness);
    expect(after.rules).toEqual(before.rules);
    expect(after.flavors).toEqual(before.flavors);
  });
});

describe('what names hinted at', () => {
  const GiB = 2 ** 30;
  const guest = machine().guest;
  const windows = { guestOsId: 'windows2019srv_64Guest', guestOsName: 'Microsoft Windows Server 2019 (64-bit)' };
  const snapshot = { ref: 's', name: 'VEEAM BACKUP TEMPORARY SNAPSHOT', createdAt: '2025-01-01T00:00:00Z', depth: 0 };
  const hints: readonly Partial<InventoryVm>[] = [
    { tags: ['Application:Shop', 'Owner:Ann'] },
    { annotation: 'Bought by Ann\nApp: Till' },
    { folder: 'DC0/vm/Sales', datacenter: 'DC0' },
    { folder: 'DC0/vm/Production/Sales', datacenter: 'DC0' },
    { folder: '/DC0/vm/DC0/Prod', datacenter: 'DC0' },
    { name: 'crm-01' },
    { name: 'crm-02', tags: ['Shop'] },
    { name: 'sap-01', hasTpm: true },
    { name: 'test-sql-01', folder: 'DC0/vm/Prod' },
    { name: 'berdc01', ...windows },
    { name: 'x1', guest: { ...guest, hostName: 'localhost.bank.example' }, power: 'on' },
    { name: 'x2', snapshots: [snapshot] },
    { name: 'x3', annotation: 'vSphere Cluster Service VM is deployed from an OVA of Ann' },
    {
      name: 'x5',
      traits: { availability: ['fault tolerance running'], usb: ['USB 1'] },
      passthrough: ['PCI 1', 'USB 1'],
    },
    { name: 'x4', traits: { product: 'VMware vCenter Server Appliance' } },
    { name: 'x6', guest: { ...guest, ownCards: [{ mac: '00:00:5e:00:01:0a', addresses: ['192.0.2.51'] }] } },
    { name: 'x7', nics: [nic({ mac: '00:00:5e:00:02:0b' })] },
    { name: 'x8', ...windows, guest: { ...guest, ownCards: [{ mac: null, addresses: ['169.254.1.7'] }] } },
  ];
  const site = estate({
    vms: Array.from({ length: 130 }, (_, at) =>
      machine({
        ref: `vm-${at}`,
        name: at % 2 === 0 ? `web-${at}` : `srv-${at}`,
        // Many are of one size: names must not decide which of them comes first.
        disks: [disk({ sizeBytes: (1 + (at % 5)) * GiB, storedBytes: null })],
        ...hints[at % 21],
      }),
    ),
  });

  test('puts the machines into the same waves without them', async () => {
    const options = { waves: { mostMachines: 12, windowHours: null, pilotMachines: 5 } };
    const [before, after] = [await judged(site, options), await judged(anonymised(site), options)];
    const wavesOf = ({ machines }: typeof before): unknown => machines.map(({ wave, readiness }) => [wave, readiness]);

    expect(before.waves.length).toBeGreaterThan(5);
    expect(wavesOf(after)).toEqual(wavesOf(before));
    expect(after.totals.seconds).toBe(before.totals.seconds);
    expect(after.waves.map(({ why }) => why).join(' ')).toMatch(/“group[a-z]+” \(\d+\)/);
  });

  test('lets the rules find the same', async () => {
    const [before, after] = [await judged(site), await judged(anonymised(site))];
    const foundIn = ({ machines }: typeof before): unknown =>
      machines.map(({ findings }) => findings.map(({ id }) => id));

    expect(before.rules.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['NEW-03', 'NEW-04', 'NEW-04a', 'VM-06', 'CBT-09', 'NEW-23']),
    );
    expect(foundIn(after)).toEqual(foundIn(before));
  });

  test('gives none of them away', () => {
    const text = JSON.stringify(anonymised(site));

    expect(text).not.toMatch(/shop|till|sales|crm|sap|sql|berdc|bank|\bann\b|owner|DC0|web|srv-/i);
  });
});
