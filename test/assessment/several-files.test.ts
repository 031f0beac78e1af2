/** Exports of several vCenters, of several versions, or made twice, put together: nothing is lost, and nothing counts twice. */
import { describe, expect, test } from 'vitest';
import { csvOf, readBook, readFiles } from '../support/estate-files.ts';
import { rvtoolsSheets, VCENTER, type Layout, type MadeEstate, type MadeMachine } from '../support/rvtools.ts';
import { workbookBytes } from '../support/workbook.ts';
import { judged } from './estate.ts';

/** The CSV files of one vCenter, their names behind a number as a script gives them. */
function filesOf(number: number, layout: Layout, estate: MadeEstate): Record<string, string> {
  const own = (text: string): string =>
    text
      .replaceAll(VCENTER.server, `vc${number}.example`)
      .replaceAll(VCENTER.uuid, VCENTER.uuid.replace(/^1+/, String(number).repeat(8)));
  return Object.fromEntries(
    rvtoolsSheets(estate, layout).map((sheet) => [`${number}_${sheet.name}.csv`, own(csvOf(sheet))]),
  );
}

const made = (name: string, number: number, change: Partial<MadeMachine> = {}): MadeMachine => ({
  name,
  number,
  firmware: 'efi',
  disks: [{ gib: 40 }],
  nics: [],
  ...change,
});

describe('two vCenters, of which one was exported by an older version', () => {
  const cluster = made('rac1', 1, { disks: [{ gib: 40, sharing: 'sharingMultiWriter' }] });
  const orders: readonly (readonly [Layout, Layout])[] = [
    ['4.7', '3.11'],
    ['3.11', '4.7'],
  ];

  // In the field, the last file of a tab decided for all: a cluster’s disk was ready, or an old export counted as looked at.
  test.each(orders)('are each judged by their own columns: %s before %s', async (first, second) => {
    const of = (layout: Layout): MadeEstate => ({ machines: [layout === '4.7' ? cluster : made('old', 2)] });
    const estate = await readFiles({ ...filesOf(1, first, of(first)), ...filesOf(2, second, of(second)) });
    const { machines, rules, gaps } = await judged(estate);

    const [rac, old] = ['rac1', 'old'].map((name) => machines.find((one) => one.name === name));
    expect(rac).toMatchObject({ readiness: 'notReady' });
    expect(rac?.findings.map(({ id }) => id)).toContain('DSK-06');
    expect(old).toMatchObject({ readiness: 'conditional' });
    expect(rules).toContainEqual(expect.objectContaining({ id: 'DSK-06', machines: 1, notTold: 1 }));
    for (const of of ['shared-disks', 'secure-boot', 'change-tracking', 'disk-ids'])
      expect(gaps.filter((gap) => gap.of === of)).toEqual([expect.objectContaining({ machines: 1 })]);
  });

  test('say once of a machine that its firmware is not told', async () => {
    const { ['2_vInfo.csv']: info = '', ...others } = filesOf(2, '4.7', { machines: [made('blank', 2)] });
    const { gaps } = await readFiles({
      ...filesOf(1, '4.7', { machines: [cluster] }),
      ...others,
      '2_vInfo.csv': info.replace('"Firmware"', '"Other"'),
    });

    expect(gaps.filter(({ of }) => of === 'firmware')).toEqual([
      {
        of: 'firmware',
        says: 'vInfo has no column “Firmware”: machines are taken to start by BIOS.',
        machines: [expect.stringContaining('vm-2')],
      },
    ]);
  });
});

describe('two vCenters whose things have the same ids and names', () => {
  const of = (number: number, store: string, vlan: string): Record<string, string> =>
    filesOf(number, '4.7', {
      machines: [
        made(`web${number}`, number, {
          disks: [{ gib: 40, store }],
          nics: [
            { network: 'VM Network', mac: `00:50:56:00:00:0${number}` },
            { network: 'DVPG', mac: `00:50:56:00:01:0${number}` },
            { network: 'of no tab', mac: `00:50:56:00:02:0${number}` },
          ],
        }),
      ],
      networks: [
        { name: 'VM Network', vlan, kind: 'standard' },
        { name: 'DVPG', vlan, kind: 'distributed' },
      ],
    });
  const files = { ...of(1, 'gold-vmfs', '10'), ...of(2, 'bronze-nfs', '20') };

  // In the field, the second vCenter’s datastore and VLAN were those of the first one’s machines as well.
  test('have their own hosts, datastores and networks', async () => {
    const estate = await readFiles(files);
    const { datastores, networks } = await judged(estate);

    expect(new Set(estate.hosts.map(({ ref }) => ref)).size).toBe(4);
    for (const [at, host] of [estate.vms[0]?.host, estate.vms[1]?.host].entries())
      expect(host).toMatch(new RegExp(`^host-\\d@${String(at + 1).repeat(8)}-`));
    expect(datastores.map(({ name, machines }) => [name, machines])).toEqual([
      ['gold-vmfs', 1],
      ['bronze-nfs', 1],
    ]);
    expect(networks.map(({ name, vlanId, machines }) => [name, vlanId, machines]).sort()).toEqual([
      ['DVPG', 10, 1],
      ['DVPG', 20, 1],
      ['VM Network', 10, 1],
      ['VM Network', 20, 1],
      ['of no tab', null, 1],
      ['of no tab', null, 1],
    ]);
  });

  test('have so also where no column says which vCenter a datastore is of', async () => {
    const unknown = Object.fromEntries(
      Object.entries(files).map(([name, text]) => [name, text.replaceAll('VI SDK', 'Other')]),
    );

    const { datastores } = await judged(await readFiles(unknown));

    expect(datastores.map(({ name }) => name)).toEqual(['gold-vmfs', 'bronze-nfs']);
  });

  test('of one vCenter have the ids alone', async () => {
    const { datastores, hosts } = await readFiles(of(1, 'gold-vmfs', '10'));

    expect([...datastores, ...hosts].map(({ ref }) => ref)).toEqual(['datastore-1', 'host-1', 'host-2']);
  });
});

describe('machines that share an id', () => {
  const told = ({ vms }: Awaited<ReturnType<typeof readFiles>>): unknown[] =>
    vms.map(({ name, ref, disks }) => [name, ref, disks.length]);
  const withoutServer = (files: Record<string, string>): Record<string, string> =>
    Object.fromEntries(Object.entries(files).map(([name, text]) => [name, text.replaceAll('VI SDK', 'Other')]));

  // In the field, desktops that were cloned from one template were one machine, and so were vm-101 of two vCenters.
  test('are each one where the UUID is that of a clone', async () => {
    const estate = await readFiles({
      'vInfo.csv':
        'VM,Powerstate,CPUs,Memory,VM ID,UUID\nvdi1,poweredOn,2,4096,vm-1,4220-a\nvdi2,poweredOn,2,4096,vm-2,4220-a',
      'vDisk.csv': 'VM,Disk,Capacity MB,Disk Mode,Thin,VM ID,UUID\nvdi2,Hard disk 1,1024,persistent,True,vm-2,4220-a',
    });

    expect(told(estate)).toEqual([
      ['vdi1', 'vm-1', 0],
      ['vdi2', 'vm-2', 1],
    ]);
    expect(estate.warnings).toEqual([]);
  });

  test('are each one where their names differ, and no column says of which vCenter they are', async () => {
    const two = { disks: [{ gib: 1 }, { gib: 2 }] };
    const estate = await readFiles(
      withoutServer({
        ...filesOf(1, '4.7', { machines: [made('web1', 101)] }),
        ...filesOf(2, '4.7', { machines: [made('db1', 101, two)] }),
      }),
    );

    expect(told(estate)).toEqual([
      ['web1', 'vm-101', 1],
      ['db1', 'vm-101#2', 2],
    ]);
    expect(estate.warnings).toEqual([
      'vInfo: “db1” has the id vm-101 of another machine, and nothing says of which vCenter they are; give files with the column “VI SDK Server” to be sure which is which.',
    ]);
  });

  test('are one where one file has the id and the other the UUID alone', async () => {
    const machines = [made('web1', 101)];
    const [first, second] = [filesOf(1, '4.7', { machines }), filesOf(1, '4.7', { machines })];
    const renamed = Object.entries(second).map(([name, text]) => [`old-${name}`, text.replace('"VM ID"', '"Other"')]);

    const estate = await readFiles({ ...first, ...Object.fromEntries(renamed) });

    expect(told(estate)).toEqual([['web1', 'vm-101', 1]]);
  });
});

describe('one vCenter, exported twice into one folder', () => {
  const estate: MadeEstate = {
    machines: [
      made('web', 1, {
        disks: [{ gib: 40 }, { gib: 100 }],
        nics: [
          { network: 'Prod', mac: '00:50:56:00:00:01', ips: ['10.0.0.1'] },
          { network: 'Backup', mac: '00:50:56:00:00:02' },
        ],
        snapshots: [{ name: 'before', at: '2024/03/01 08:00:00' }],
        partitions: [{ path: '/', mib: 40_000, freeMib: 10_000 }],
        iso: '[store1] iso/setup.iso',
      }),
      made('db', 2, { nics: [{ network: 'Prod', mac: '00:50:56:00:00:03' }] }),
    ],
  };
  const copied = (files: Record<string, string>, ...names: readonly string[]): Record<string, string> => ({
    ...files,
    ...Object.fromEntries(names.map((name) => [name.replace('.csv', ' (1).csv'), files[name] ?? ''])),
  });

  // In the field, each disk and card of such a folder counted twice, and all machines had two cards on one network.
  test.each<Layout>(['3.11', '4.1', '4.7'])('is read as if once, in the layout of %s', async (layout) => {
    const once = filesOf(1, layout, estate);
    const { vms } = await readFiles(once);
    const twice = await readFiles(copied(once, ...Object.keys(once)));
    const { totals, machines } = await judged(twice);

    expect(twice.vms).toEqual(vms);
    expect(totals).toMatchObject({ machines: 2, disks: 3, cards: 3, addresses: 3 });
    expect(machines.flatMap(({ findings }) => findings).map(({ id }) => id)).not.toContain('NET-11');
    expect(twice.warnings).toEqual(
      expect.arrayContaining([
        'vInfo, row 2: “web” was told before, with the same id; this row is left out.',
        'vDisk, row 3: “Hard disk 2” of “web” was told before; this row is left out.',
        'vNetwork, row 2: the card 00:50:56:00:00:01 of “web” was told before; this row is no card of its own.',
        'vSnapshot, row 2: “before” of “web” was told before; this row is left out.',
        'vPartition, row 2: “/” of “web” was told before; this row is left out.',
      ]),
    );
  });

  test('counts no disk twice where vDisk alone was copied', async () => {
    const once = filesOf(1, '4.7', estate);
    const { vms } = await readFiles({ ...once, 'Copy of RVTools_tabvDisk.csv': once['1_vDisk.csv'] ?? '' });

    expect(vms.map(({ disks }) => disks.length)).toEqual([2, 1]);
  });

  test('keeps each disk of which neither key nor path is told, and each address of one card', async () => {
    const { vms } = await readFiles({
      'vInfo.csv': 'VM,Powerstate,CPUs,Memory\nweb,poweredOn,2,4096',
      'vDisk.csv': 'VM,Disk Mode,Capacity MB,Thin\nweb,persistent,1024,True\nweb,persistent,1024,True',
      'vNetwork.csv':
        'VM,Network,Mac Address,IP Address\nweb,Prod,00:50:56:00:00:01,10.0.0.1\nweb,Prod,00:50:56:00:00:01,10.0.0.2',
    });

    expect(vms.map(({ disks }) => disks.length)).toEqual([2]);
    expect(vms[0]?.nics.map(({ ipAddresses }) => ipAddresses.map(({ address }) => address))).toEqual([
      ['10.0.0.1', '10.0.0.2'],
    ]);
  });
});

// In the field, a machine that was moved while the script ran on one host after the other had each disk and card twice.
test('a machine of Hyper-V that two hosts tell of has its disks and cards once', async () => {
  const id = '11111111-0000-0000-0000-000000000001';
  const of = (host: string): Record<string, string> => ({
    [`${host}-machines.csv`]: `VMName,VMId,ComputerName,State,Generation,Version,ProcessorCount,MemoryStartup\nweb,${id},${host},Running,2,9.0,2,4294967296`,
    [`${host}-disks.csv`]: `VMName,VMId,ControllerType,ControllerNumber,ControllerLocation,Path,Size\nweb,${id},SCSI,0,0,C:\\Store\\web.vhdx,1073741824\nweb,${id},SCSI,0,1,C:\\Store\\data.vhdx,1073741824`,
    [`${host}-nics.csv`]: `VMName,VMId,Name,MacAddress,SwitchName,IPAddresses\nweb,${id},Network Adapter,00155D010203,External,10.0.0.1\nweb,${id},Network Adapter,00155D010204,External,`,
  });

  const { vms, warnings } = await readFiles({ ...of('hv01'), ...of('hv02') });

  expect(vms.map(({ disks, nics }) => [disks.length, nics.map(({ label }) => label)])).toEqual([
    [2, ['Network Adapter', 'Network Adapter 2']],
  ]);
  expect(warnings).toHaveLength(5);
});

describe('tables whose names are not RVTools’ own', () => {
  const sheetsOf = (layout: Layout, ...machines: readonly MadeMachine[]): ReturnType<typeof rvtoolsSheets> =>
    rvtoolsSheets({ machines }, layout);
  const named = (to: (tab: string) => string, ...machines: readonly MadeMachine[]): Record<string, string> =>
    Object.fromEntries(sheetsOf('4.7', ...machines).map((sheet) => [`${to(sheet.name)}.csv`, csvOf(sheet)]));
  const told = ({ vms }: Awaited<ReturnType<typeof readFiles>>): unknown[] =>
    vms.map(({ name, disks }) => [name, disks.length]);
  const first = named((tab) => `RVTools_tab${tab}`, made('a', 1));

  // In the field, one table that was called vInfo was enough to drop all others, and nobody was told.
  test.each<[string, (tab: string) => string]>([
    ['a name behind it', (tab) => `RVTools_tab${tab}_vc2`],
    ['a date behind it', (tab) => `RVTools_tab${tab}_2024-03-05`],
    ['a word for a copy', (tab) => `RVTools_tab${tab} - Kopie`],
    ['another name', (tab) => `export-${tab.slice(1)}`],
  ])('are read beside those that have them: %s', async (_, to) => {
    const estate = await readFiles({ ...first, ...named(to, made('b', 2), made('c', 3)) });

    expect(told(estate)).toEqual([
      ['a', 1],
      ['b', 1],
      ['c', 1],
    ]);
    expect(estate.warnings).toEqual([]);
  });

  test.each(['vc2', '(copy)', 'Ost'])('are read in a workbook: “vInfo %s”', async (word) => {
    const more = sheetsOf('4.7', made('b', 2)).map((sheet) => ({ ...sheet, name: `${sheet.name} ${word}` }));

    const estate = await readBook(workbookBytes([...sheetsOf('4.7', made('a', 1)), ...more]));

    expect(told(estate)).toEqual([
      ['a', 1],
      ['b', 1],
    ]);
  });

  test('are not used, and told, where they may be a selection of the same machines, of Hyper-V, or no table', async () => {
    const estate = await readFiles({
      ...first,
      'selection.csv': 'VM,Powerstate,CPUs,Memory\na,poweredOn,2,4096',
      'hosts.csv': 'VMName,VMId,State,Generation,Version,ProcessorCount,MemoryStartup\nh,1,Running,2,9.0,2,4294967296',
      'vInfo of May.csv': 'Machine,Owner\na,Ann',
      'vInfo (2).csv': 'Maschine;Zustand\na;ein',
      'notes.txt': 'He said: \n"and never ended',
    });

    expect(told(estate)).toEqual([['a', 1]]);
    expect(estate.warnings).toEqual([
      '“notes.txt”: a quotation mark in row 2 is never closed. It is not used.',
      '“selection.csv” looks like the tab vInfo, and is not used, as it has neither “VM ID” nor “VM UUID” to tell whether it is about other machines; if it is, call it “vInfo (2)”.',
      '“vInfo of May.csv” has not the headings of the tab vInfo, and is not used.',
      '“hosts.csv” looks like a table of Hyper-V, and is not used beside those of RVTools: give it by itself.',
      '“vInfo (2).csv” has no column “VM”, and is not used.',
    ]);
  });
});

// In the field, one host’s script was enough for the machines of another, of which Get-VM alone told, to count as looked at.
test('machines of Hyper-V are each judged by the columns of their own file', async () => {
  const { gaps } = await readFiles({
    'hv01.csv': 'VMName,VMId,State,Version,ProcessorCount,MemoryStartup\nold,1,Off,9.0,2,4294967296',
    'hv02.csv':
      'VMName,VMId,State,Generation,Version,ProcessorCount,MemoryStartup,SecureBoot,TpmEnabled\nnew,2,Off,2,9.0,2,4294967296,On,False',
  });

  expect(gaps.filter(({ of }) => /^(?:firmware|secure-boot|tpm)$/.test(of)).map(({ machines }) => machines)).toEqual([
    ['1'],
    ['1'],
    ['1'],
  ]);
});
