/** Two exports of one data centre: what came, what went, what has changed. */
import { describe, expect, test } from 'vitest';
import { compareAssessments, Comparison } from '../../main/shared/compare-assessments.ts';
import type { InventoryVm } from '../../main/shared/inventory.ts';
import { anonymised } from '../../worker/assessment/anonymise.ts';
import { disk, nic } from '../plan/sample.ts';
import { readBook } from '../support/estate-files.ts';
import { rvtoolsSheets, uuidOf, VCENTER } from '../support/rvtools.ts';
import { workbookBytes, type MadeSheet } from '../support/workbook.ts';
import { estate, judged, vm } from './estate.ts';

const GiB = 2 ** 30;
async function compared(before: readonly InventoryVm[], after: readonly InventoryVm[]): Promise<Comparison> {
  const comparison = compareAssessments(
    await judged(estate({ vms: [...before], from: ['old.xlsx'] })),
    await judged(estate({ vms: [...after], from: ['new.xlsx'] })),
  );
  expect(Comparison.parse(comparison)).toEqual(comparison);
  return comparison;
}

describe('two exports', () => {
  test('tell what came and what went, with sums', async () => {
    const { added, gone, changed, unchanged, before, after } = await compared([vm('a'), vm('b')], [vm('b'), vm('c')]);

    expect(added.map(({ name }) => name)).toEqual(['c']);
    expect(gone.map(({ name }) => name)).toEqual(['a']);
    expect(changed).toEqual([]);
    expect(unchanged).toBe(1);
    expect([before.machines, after.machines]).toEqual([2, 2]);
    expect([before.from, after.from]).toEqual([['old.xlsx'], ['new.xlsx']]);
  });

  test('tell of a machine that stayed everything that has changed', async () => {
    const was = vm('a', { power: 'off' });
    const is = vm('a', {
      name: 'renamed',
      power: 'on',
      cpus: 4,
      memoryBytes: 8 * GiB,
      hasTpm: true,
      disks: [disk({ sizeBytes: 25 * GiB })],
      nics: [nic({ network: 'network-2', networkName: 'dmz' })],
    });

    const { changed } = await compared([was], [is]);

    expect(changed).toEqual([
      {
        name: 'renamed',
        changes: [
          { of: 'name', before: 'a', after: 'renamed' },
          { of: 'power', before: 'off', after: 'on' },
          { of: 'cpus', before: 2, after: 4 },
          { of: 'memoryMiB', before: 4096, after: 8192 },
          { of: 'diskGiB', before: 10, after: 25 },
          { of: 'readiness', before: 'ready', after: 'conditional' },
          { of: 'networks', before: 'lan', after: 'dmz' },
          { of: 'findings', before: '', after: 'DEV-02' },
        ],
      },
    ]);
  });

  test('tell of each rule in how many machines it found something, where that is another number now', async () => {
    const { rules } = await compared(
      [vm('a', { hasTpm: true }), vm('b')],
      [vm('a'), vm('b', { passthrough: ['gpu'] })],
    );

    expect(rules.map(({ id, before, after }) => [id, before, after])).toEqual([
      ['DEV-03', 0, 1],
      ['DEV-02', 1, 0],
    ]);
  });

  test('of other refs are compared by names, where only one has the name', async () => {
    const twins = [vm('t1', { name: 'twin' }), vm('t2', { name: 'twin' })];

    const { added, gone, changed } = await compared(
      [vm('old-1', { name: 'web' }), ...twins],
      [vm('new-1', { name: 'WEB', cpus: 8 }), vm('t3', { name: 'twin' })],
    );

    expect(changed.map(({ name, changes }) => [name, changes.map(({ of }) => of)])).toEqual([
      ['WEB', ['name', 'cpus']],
    ]);
    expect(added.map(({ name }) => name)).toEqual(['twin']);
    expect(gone.map(({ name }) => name)).toEqual(['twin', 'twin']);
  });
});

describe('exports of vCenters, in which numbers are the same', () => {
  /** Machines of one vCenter: their names by their numbers there, and what their UUIDs are made of where that is another. */
  function ofServer(server: string, names: Readonly<Record<number, string>>, uuids = (number: number) => number) {
    const numbers = Object.keys(names).map(Number);
    const sheets = rvtoolsSheets(
      { machines: numbers.map((number) => ({ name: names[number] ?? '', number, disks: [{ gib: 8 }], nics: [] })) },
      '4.7',
    );
    const serverWords = new Map<unknown, string>([
      [VCENTER.uuid, server],
      [VCENTER.server, `${server}.example`],
    ]);
    const uuidBefore = new Map(numbers.map((number) => [uuidOf(number), uuidOf(uuids(number))]));
    return sheets.map(({ name, rows }) => ({
      name,
      rows: rows.map((row) => row.map((cell) => serverWords.get(cell) ?? uuidBefore.get(String(cell)) ?? cell)),
    }));
  }
  const together = (one: readonly MadeSheet[], other: readonly MadeSheet[]): MadeSheet[] =>
    one.map(({ name, rows }, at) => ({ name, rows: [...rows, ...(other[at]?.rows.slice(1) ?? [])] }));
  const without = (sheets: readonly MadeSheet[], ...headings: readonly string[]): MadeSheet[] =>
    sheets.map(({ name, rows }) => ({
      name,
      rows: rows.map((row) => row.filter((_, at) => !headings.includes(String(rows[0]?.[at])))),
    }));
  const SERVER = ['VI SDK UUID', 'VI SDK Server'];
  const said = async (before: readonly MadeSheet[], after: readonly MadeSheet[]) => {
    const [was, is] = [await readBook(workbookBytes(before)), await readBook(workbookBytes(after))];
    const march = { ...is, takenAt: '2024-03-31T00:00:00Z' };
    const { doubt, added, gone, changed, unchanged } = compareAssessments(await judged(was), await judged(march));
    const names = (all: typeof added): string[] => all.map(({ name }) => name);
    return { doubt, added: names(added), gone: names(gone), changed, unchanged };
  };
  const [a, b] = ['aaaaaaaa-1111', 'bbbbbbbb-2222'];

  test.each([
    ['by its UUID', SERVER, []],
    ['by vCenter and number', ['VM UUID'], ['VM UUID']],
  ])('a machine that was renamed is found %s, also where another vCenter has come', async (_, notBefore, notAfter) => {
    const january = without(ofServer(a, { 101: 'web1', 102: 'db1' }), ...notBefore);
    const alone = ofServer(a, { 101: 'web01', 102: 'db1' });
    const march = together(
      alone,
      ofServer(b, { 101: 'mail1' }, () => 901),
    );

    const renamed = [{ name: 'web01', changes: [{ of: 'name', before: 'web1', after: 'web01' }] }];
    expect(await said(january, without(march, ...notAfter))).toMatchObject({
      doubt: null,
      added: ['mail1'],
      gone: [],
      changed: renamed,
      unchanged: 1,
    });
    expect(await said(january, without(alone, ...notAfter))).toMatchObject({
      changed: renamed,
      unchanged: 1,
    });
  });

  test('two vCenters have nothing in common', async () => {
    const other = ofServer(b, { 101: 'mail9', 102: 'ftp9' }, (number) => number + 800);
    const expected = {
      doubt: 'nothingInCommon',
      added: ['mail9', 'ftp9'],
      gone: ['web1', 'db1'],
      changed: [],
    };
    const one = ofServer(a, { 101: 'web1', 102: 'db1' });

    expect(await said(one, other)).toMatchObject(expected);
    expect(await said(without(one, 'VM UUID'), without(other, 'VM UUID'))).toMatchObject(expected);
    expect(await said(without(one, ...SERVER), without(other, ...SERVER))).toMatchObject(expected);
  });

  test('a vCenter that was made anew has the same machines under other numbers', async () => {
    const before = ofServer(a, { 101: 'web1', 102: 'db1' });
    const after = ofServer(b, { 101: 'db1', 102: 'web1' }, (number) => (number === 101 ? 102 : 101));

    expect(await said(before, after)).toMatchObject({ doubt: null, added: [], gone: [], changed: [], unchanged: 2 });
  });

  test('a machine of an assessment that knows neither is the same by its number', async () => {
    const older = await judged(estate({ vms: [vm('vm-101', { name: 'web1' })] }));
    const told = await judged(await readBook(workbookBytes(ofServer(a, { 101: 'web01' }))));
    for (const machine of older.machines) delete machine.uuid;

    const { changed, gone } = compareAssessments(older, told);

    expect(gone).toEqual([]);
    expect(changed.map(({ changes }) => changes[0])).toEqual([{ of: 'name', before: 'web1', after: 'web01' }]);
  });
});

describe('a comparison that may not be what somebody wanted says so', () => {
  const of = async (takenAt: string | null, vms: readonly InventoryVm[]) =>
    await judged(estate({ vms: [...vms], takenAt }));
  const [march, april] = ['2026-03-01T08:00:00Z', '2026-04-01T08:00:00Z'];
  const [a, grown] = [vm('a'), vm('a', { cpus: 8 })];

  test.each<[string | null, string | null, InventoryVm, InventoryVm, Comparison['doubt']]>([
    [march, '2026-03-01T09:00:00+01:00', a, grown, 'sameMoment'],
    [april, march, a, grown, 'newerBefore'],
    [march, april, a, vm('b'), 'nothingInCommon'],
    [null, null, a, a, 'nothingDiffers'],
    [march, april, a, a, null],
    [null, march, a, grown, null],
  ])('of %s and %s', async (before, after, was, is, doubt) => {
    const comparison = compareAssessments(await of(before, [was]), await of(after, [is]));

    expect(Comparison.parse(comparison).doubt).toBe(doubt);
  });

  test('and without names on either side there is none', async () => {
    const named = await of(march, [a]);
    const nameless = await judged(anonymised(estate({ vms: [a], from: ['site.json'] })));

    for (const [before, after] of [
      [nameless, named],
      [named, nameless],
      [nameless, nameless],
    ] as const)
      expect(() => compareAssessments(before, after)).toThrow(
        expect.objectContaining({
          code: 'assessment.nameless-comparison',
          message: expect.stringContaining('has no names any more'),
          remedy: expect.stringContaining('with their names on both sides'),
        }),
      );
  });
});
