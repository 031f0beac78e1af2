/** What single columns of RVTools say of a machine, down to the rules that go by them; and what is said where one is missing. */
import { describe, expect, test } from 'vitest';
import type { Estate } from '../../main/shared/estate.ts';
import { anonymised } from '../../worker/assessment/anonymise.ts';
import { readBook } from '../support/estate-files.ts';
import { rvtoolsSheets } from '../support/rvtools.ts';
import { workbookBytes, type MadeCell, type MadeSheet } from '../support/workbook.ts';
import { judged } from './estate.ts';

const sheets = rvtoolsSheets(
  {
    machines: [1, 2].map((number) => ({
      name: `vm-${number}`,
      number,
      firmware: 'efi',
      disks: [{ gib: 40 }],
      nics: [{ network: 'Prod', mac: `00:50:56:00:00:0${number}`, ips: [`10.0.0.${number}`] }],
      ...(number === 1 ? { usb: 'VirtualUSB', partitions: [{ path: '/', mib: 40_000, freeMib: 10_000 }] } : {}),
    })),
  },
  '4.7',
);

type Cells = Readonly<Record<string, MadeCell>>;

/** An export in which the first machine has these cells, under headings that may be new. */
async function telling(tab: string, cells: Cells): Promise<Estate> {
  return await readBook(workbookBytes(sheets.map((sheet) => (sheet.name === tab ? withCells(sheet, cells) : sheet))));
}

function withCells({ name, rows: [headings = [], first = [], ...others] }: MadeSheet, cells: Cells): MadeSheet {
  const added = Object.keys(cells).filter((heading) => !headings.includes(heading));
  const all = [...headings, ...added];
  const of = new Map(Object.entries(cells));
  const changed = all.map(
    (heading, at) => of.get(String(heading)) ?? (of.has(String(heading)) ? null : (first[at] ?? null)),
  );
  return { name, rows: [all, changed, ...others.map((row) => [...row, ...added.map(() => null)])] };
}

async function without(tab: string, heading: string): Promise<Estate> {
  const left = sheets.map((sheet) => {
    const at = sheet.name === tab ? (sheet.rows[0] ?? []).indexOf(heading) : -1;
    return at < 0 ? sheet : { ...sheet, rows: sheet.rows.map((row) => row.toSpliced(at, 1)) };
  });
  return await readBook(workbookBytes(left));
}

/** What the rule says of each machine that it finds something in. */
async function found(estate: Estate, rule: string): Promise<Record<string, readonly string[]>> {
  const { machines } = await judged(estate);
  return Object.fromEntries(
    machines.flatMap(({ name, findings }) =>
      findings.filter(({ id }) => id === rule).map(({ about }) => [name, about]),
    ),
  );
}

describe('a device in the tab vUSB', () => {
  test('is a USB device, and no unknown device of the host', async () => {
    const estate = await telling('vUSB', { 'Device Node': 'USB 1', Family: 'storage', 'EHCI enabled': null });

    expect(await found(estate, 'DEV-05')).toEqual({ 'vm-1': ['USB 1'] });
    expect(await found(anonymised(estate), 'DEV-05')).toEqual({ 'vm-00001': ['device 1'] });
  });

  test('is none of anybody’s where it is the controller that every such machine has', async () => {
    const estate = await telling('vUSB', { 'Device Node': 'USB xHCI controller', 'Device Type': 'USB controller' });

    expect(await found(estate, 'DEV-05')).toEqual({});
    expect(await found(estate, 'DEV-10')).toEqual({ 'vm-1': ['USB xHCI controller'] });
  });
});

describe('a column of vInfo, vMemory or vTools', () => {
  test.each<[tab: string, cells: Cells, rule: string, about: string]>([
    ['vInfo', { 'FT State': 'running', 'FT Role': 1 }, 'DEV-09b', 'fault tolerance running'],
    ['vInfo', { 'FT State': 'enabled' }, 'DEV-09b', 'fault tolerance enabled'],
    ['vInfo', { 'FT State': 'needSecondary', 'FT Role': '1' }, 'DEV-09b', 'fault tolerance needSecondary'],
    ['vInfo', { 'FT State': 'running', 'FT Role': 2 }, 'DEV-09b', 'fault tolerance running, the second of its pair'],
    ['vInfo', { 'Latency Sensitivity': 'high' }, 'DEV-07', 'latency sensitivity high'],
    ['vMemory', { 'Memory Reservation Locked To Max': 'True' }, 'DEV-07', 'all memory reserved'],
    ['vTools', { 'Sync time': 'True' }, 'NEW-21', 'vm-1'],
  ])('%s %o is found by %s', async (tab, cells, rule, about) => {
    expect(await found(await telling(tab, cells), rule)).toEqual({ 'vm-1': [about] });
  });

  test('EnableUUID is found by DSK-09', async () => {
    // The layout has it on for every machine.
    expect(await found(await telling('vInfo', { EnableUUID: 'False' }), 'DSK-09')).toEqual({ 'vm-2': ['1 disk'] });
  });

  test.each<Cells>([{ 'FT State': 'notConfigured' }, { 'FT State': null }, { 'Latency Sensitivity': 'normal' }])(
    '%o is nothing to tell',
    async (cells) => {
      const estate = await telling('vInfo', cells);

      expect([await found(estate, 'DEV-09b'), await found(estate, 'DEV-07')]).toEqual([{}, {}]);
    },
  );

  test.each([
    ['vInfo', 'FT State', 'DEV-09b'],
    ['vInfo', 'EnableUUID', 'DSK-09'],
    ['vTools', 'Sync time', 'NEW-21'],
    ['vInfo', 'Latency Sensitivity', 'DEV-07'],
  ])('%s “%s” is said to be missing, and %s not to be held', async (tab, heading, rule) => {
    const { gaps, rules } = await judged(await without(tab, heading));

    const told = gaps.find(({ says }) => says.includes(`${tab} has no column “${heading}”`));
    expect(told).toMatchObject({ machines: null, rules: [rule] });
    expect(rules).toContainEqual(expect.objectContaining({ id: rule, machines: 0, notTold: 2 }));
  });

  test('finds what it tells, although another that the rule goes by is missing', async () => {
    const estate = await without('vInfo', 'Latency Sensitivity');
    const [first] = estate.vms;
    if (first !== undefined) first.traits = { ...first.traits, tuning: ['2000 MHz reserved'] };

    const { rules } = await judged(estate);

    expect(rules).toContainEqual(expect.objectContaining({ id: 'DEV-07', machines: 1, notTold: 1 }));
  });
});

// In the field, such a machine was put into a wave and counted in the quota.
test('a placeholder of Site Recovery Manager is left out, and said', async () => {
  const { machines, shares, totals } = await judged(await telling('vInfo', { 'SRM Placeholder': 'True' }));

  expect(machines.map(({ name }) => name)).toEqual(['vm-2']);
  expect(totals.machines).toBe(1);
  expect(shares).toContainEqual(expect.objectContaining({ of: 'placeholder', machines: 1 }));
});

describe('a word that is none of RVTools’', () => {
  // In the field, a power state in German made a machine “not ready”, and a firmware that nobody knows was BIOS.
  test('as a power state leaves the machine unknown', async () => {
    const estate = await telling('vInfo', { Powerstate: 'Eingeschaltet' });
    const { machines } = await judged(estate);

    expect(estate.warnings).toEqual(['vInfo, row 2, column “Powerstate”: “Eingeschaltet” is no word that Guts knows.']);
    expect(machines.map(({ readiness }) => readiness)).toEqual(['unknown', 'ready']);
    expect(machines[0]?.findings.map(({ id }) => id)).not.toContain('VM-07');
  });

  test('as a firmware is not taken for BIOS', async () => {
    const estate = await telling('vInfo', { Firmware: 'quark' });
    const { machines } = await judged(estate);

    expect(estate.warnings).toEqual(['vInfo, row 2, column “Firmware”: “quark” is no word that Guts knows.']);
    expect(machines.map(({ firmware }) => firmware)).toEqual([null, 'uefi']);
  });

  test('as the state of tools leaves open whether they run', async () => {
    const estate = await telling('vTools', { Tools: 'toolsBroken' });
    const { machines } = await judged(estate);

    expect(estate.warnings).toEqual(['vTools, row 2, column “Tools”: “toolsBroken” is no word that Guts knows.']);
    expect(machines.map(({ readiness }) => readiness)).toEqual(['unknown', 'ready']);
  });

  test('as a state of its connection is not taken for one that cannot be reached', async () => {
    const estate = await telling('vInfo', { 'Connection state': 'notResponding' });
    const { machines } = await judged(estate);

    expect(estate.warnings).toHaveLength(1);
    expect(machines.map(({ readiness, findings }) => [readiness, findings.some(({ id }) => id === 'VM-16')])).toEqual([
      ['unknown', false],
      ['ready', false],
    ]);
  });
});

describe('what single fields do not tell is not made up', () => {
  const MiB = 2 ** 20;
  const GiB = 1024 * MiB;
  const system = (name: string): Cells => ({
    'OS according to the configuration file': name,
    'OS according to the VMware Tools': null,
  });
  const noTab = async (tab: string, cells: Cells): Promise<Estate> =>
    await readBook(
      workbookBytes(
        sheets.flatMap((sheet) =>
          sheet.name === tab ? [] : [sheet.name === 'vInfo' ? withCells(sheet, cells) : sheet],
        ),
      ),
    );

  // In the field, every file system had 0 bytes free where the column was missing.
  test('a file system has free what it has and does not take', async () => {
    const estate = await without('vPartition', 'Free MiB');

    expect(estate.vms[0]?.guest.disks).toMatchObject([{ path: '/', freeBytes: 10_000 * MiB }]);
    expect(await found(estate, 'OS-03')).toEqual({});
  });

  test('a file system of which neither is told is full for nobody, and others still are', async () => {
    const estate = await telling('vPartition', { 'Free MiB': 'lots', 'Consumed MiB': null });
    const [first] = estate.vms;
    expect(await found(estate, 'OS-03')).toEqual({});
    first?.guest.disks.push({ path: '/var', capacityBytes: GiB, freeBytes: 0, diskKeys: [] });

    expect(await found(estate, 'OS-03')).toEqual({ 'vm-1': ['0 bytes free on /var'] });
    expect(estate.gaps.filter(({ of }) => of === 'partitions')).toEqual([
      { of: 'partitions', says: 'How much room one of its file systems has is not told.', machines: ['vm-1'] },
    ]);
  });

  test('columns without which nobody can say it are named', async () => {
    const left = sheets.map((sheet) =>
      sheet.name === 'vPartition'
        ? {
            ...sheet,
            rows: sheet.rows.map((row) => row.filter((_, at) => !/^(Free|Cons)/.test(String(sheet.rows[0]?.[at])))),
          }
        : sheet,
    );
    const estate = await readBook(workbookBytes(left));

    expect(await found(estate, 'OS-03')).toEqual({});
    expect(estate.gaps.filter(({ of }) => of === 'partitions')).toEqual([
      { of: 'partitions', says: 'vPartition has neither “Free” nor “Consumed”.', machines: null },
    ]);
  });

  test('Fedora is no RHEL 7, whose support has ended', async () => {
    const estate = await telling('vInfo', system('Red Hat Fedora (64-bit)'));

    expect(estate.vms[0]?.guestOsId).toBe('fedora64Guest');
    expect(await found(estate, 'OS-23')).toEqual({});
  });

  test.each([
    ['Microsoft Windows NT', 'winNTGuest'],
    ['Microsoft Windows 98', 'win98Guest'],
    ['Microsoft Windows 95', 'win95Guest'],
    ['Microsoft Windows Millenium Edition', 'winMeGuest'],
    ['Microsoft Windows 3.1', 'win31Guest'],
    ['Microsoft Windows XP Professional (32-bit)', 'winXPProGuest'],
  ])('%s gets no virtio drivers', async (name, id) => {
    const estate = await telling('vInfo', system(name));

    expect(estate.vms[0]?.guestOsId).toBe(id);
    expect(await found(estate, 'OS-18')).toEqual({ 'vm-1': [name] });
  });

  test('tools of which nobody tells block no machine that is off', async () => {
    const estate = await noTab('vTools', { Powerstate: 'poweredOff' });
    const { machines, gaps } = await judged(estate);

    expect(machines.map(({ readiness }) => readiness)).toEqual(['conditional', 'unknown']);
    expect(gaps.find(({ of }) => of === 'tools')).toMatchObject({ machines: 1, blocking: ['VM-10b'] });
    expect((await judged(await noTab('vTools', {}))).gaps.find(({ of }) => of === 'tools')?.machines).toBeNull();
  });

  test('nothing in use is not told: the disk has to be copied as large as it is', async () => {
    const { machines, hurts } = await judged(await telling('vInfo', { 'In Use MiB': 0 }));

    expect(machines[0]).toMatchObject({ copyBytes: 40 * GiB });
    expect(machines[0]?.seconds).toBeGreaterThan(0);
    expect(hurts.map(({ says }) => says).join()).not.toContain('hold 0 bytes');
  });

  test('of several disks of which the sum is told, one is booted from, and the others are volumes', async () => {
    const estate = await noTab('vDisk', { Disks: 4, 'Total disk capacity MiB': 400 * 1024 });
    const { machines, flavors, quotas, gaps } = await judged(estate, { boot: 'image' });

    const [first] = machines;
    expect(first).toMatchObject({ disks: 4, diskGiB: 400, volumes: [{ volumes: 3, gib: 300 }] });
    expect(flavors[first?.flavor ?? -1]?.diskGiB).toBe(100);
    expect(quotas.filter(({ of }) => of.startsWith('volume')).map(({ of, needs }) => [of, needs])).toEqual([
      ['volumes', 3],
      ['volumeGiB', 300],
    ]);
    expect(gaps.find(({ of }) => of === 'disks')?.says).toContain('each is taken for an equal part');
  });
});
