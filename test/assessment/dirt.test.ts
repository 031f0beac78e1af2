/** Exports as they come from people’s desks: opened, sorted, merged, translated and saved again. */
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { headingsIn } from '../../worker/assessment/read/records.ts';
import { vDisk } from '../../worker/assessment/read/rvtools/tabs.ts';
import { readBook } from '../support/estate-files.ts';
import { rvtoolsSheets, type MadeEstate } from '../support/rvtools.ts';
import { judged } from './estate.ts';
import { workbookBytes, type MadeCell, type MadeSheet } from '../support/workbook.ts';

const MiB = 1024 ** 2;
const GiB = 1024 * MiB;

const estate: MadeEstate = {
  machines: [1, 2, 3].map((number) => ({
    name: `vm-${number}`,
    number,
    memoryMib: 4096,
    disks: [{ gib: 40 }, { gib: 10 * number }],
    nics: [{ network: 'Prod', mac: `00:50:56:00:00:0${number}` }],
  })),
};
const sheets = rvtoolsSheets(estate, '4.7');

/** The sheets with one of them changed. */
const changed = (name: string, change: (sheet: MadeSheet) => MadeSheet): MadeSheet[] =>
  sheets.map((sheet) => (sheet.name === name ? change(sheet) : sheet));

/** A sheet with other cells under a heading: by row, from 0. */
function under(sheet: MadeSheet, heading: string, cells: readonly (MadeCell | undefined)[]): MadeSheet {
  const column = sheet.rows[0]?.indexOf(heading) ?? -1;
  if (column < 0) throw new Error(`${sheet.name} has no “${heading}”`);
  const rows = sheet.rows.map((row, index) => {
    const cell = index === 0 ? undefined : cells[index - 1];
    return cell === undefined ? row : row.with(column, cell);
  });
  return { ...sheet, rows };
}

const sizes = ({ vms }: Awaited<ReturnType<typeof readBook>>): number[][] =>
  vms.map(({ disks }) => disks.map(({ sizeBytes }) => sizeBytes / GiB));
const asMade = [
  [40, 10],
  [40, 20],
  [40, 30],
];

describe('a workbook that people have had in their hands', () => {
  test('is read where the name of a machine is merged over the rows of its disks', async () => {
    const merged = changed('vDisk', (sheet) => ({
      ...['VM', 'VM ID', 'VM UUID'].reduce(
        (one, heading) => under(one, heading, [undefined, null, undefined, null, undefined, null]),
        sheet,
      ),
      merges: ['VM', 'VM ID', 'VM UUID'].flatMap((heading) => {
        const column = sheet.rows[0]?.indexOf(heading) ?? 0;
        const letter = column < 26 ? String.fromCharCode(65 + column) : `A${String.fromCharCode(65 + column - 26)}`;
        return [2, 4, 6].map((row) => `${letter}${row}:${letter}${row + 1}`);
      }),
    }));

    const read = await readBook(workbookBytes(merged));

    expect(sizes(read)).toEqual(asMade);
    expect(read.warnings).toEqual([]);
  });

  test('is read with titles and empty rows above the headings, with sheets in any order and case', async () => {
    const titled = sheets
      .map((sheet) => ({
        name: `TAB${sheet.name.toUpperCase()}`,
        rows: [['Export of the old data centre'], [], ...sheet.rows, [], []],
      }))
      .reverse();

    const read = await readBook(workbookBytes(titled));

    expect(sizes(read)).toEqual(asMade);
    expect(read.product).toBe('RVTools 4.7.1.4');
  });

  test.each([
    ['40.960', '40 GiB with points between thousands'],
    ['40,960', 'with commas'],
    ['40 960', 'with narrow blanks'],
    ['40’960', 'with apostrophes'],
    ['40.960,00', 'with a decimal comma behind them'],
    ['40,960.00', 'with a decimal point behind them'],
    ['40960,0', 'with a decimal comma alone'],
  ])('reads the number %s: %s', async (text) => {
    const read = await readBook(workbookBytes(changed('vDisk', (sheet) => under(sheet, 'Capacity MiB', [text]))));

    expect(sizes(read)).toEqual(asMade);
  });

  test('takes what a formula gave last, and says where it gave nothing or an error', async () => {
    const cells = [{ formula: '20*2048', result: 40_960 }, { formula: 'B1*2' }, { error: '#N/A' }];

    const read = await readBook(workbookBytes(changed('vDisk', (sheet) => under(sheet, 'Capacity MiB', cells))));

    expect(sizes(read)).toEqual([
      [40, 0],
      [0, 20],
      [40, 30],
    ]);
    expect(read.warnings).toEqual([
      'vDisk, row 3, column “Capacity MiB”: a formula without a result is no size.',
      'vDisk, row 4, column “Capacity MiB”: the error #N/A is no size.',
    ]);
    expect(read.gaps).toContainEqual({
      of: 'disk-sizes',
      says: 'A disk’s size is not told.',
      machines: ['vm-1', 'vm-2'],
    });
  });

  test.each(['WAHR', 'VRAI', 'Sì', 'yes', true, 1])('takes %s for yes', async (cell) => {
    const { vms } = await readBook(workbookBytes(changed('vInfo', (sheet) => under(sheet, 'Template', [cell]))));

    expect(vms.map(({ isTemplate }) => isTemplate)).toEqual([true, false, false]);
  });

  test.each([false, true])('reads dates that are days since an origin (1904: %s)', async (is1904) => {
    const at = new Date('2024-03-05T10:11:12Z');
    const dated = changed('vMetaData', (sheet) => under(sheet, 'xlsx creation datetime', [at]));

    const { takenAt } = await readBook(workbookBytes(dated, { is1904 }));

    expect(takenAt).toBe(at.toISOString());
  });

  test('is read with its texts in the cells', async () => {
    expect(await readBook(workbookBytes(sheets, { isInline: true }))).toEqual(await readBook(workbookBytes(sheets)));
  });

  test('says which tabs are missing, and what that means', async () => {
    const { vms, gaps } = await readBook(workbookBytes(sheets.filter(({ name }) => name === 'vInfo')));

    expect(vms.map(({ disks }) => disks.map(({ label, sizeBytes }) => [label, sizeBytes / GiB]))).toEqual([
      [['All disks together', 50]],
      [['All disks together', 60]],
      [['All disks together', 70]],
    ]);
    expect(vms[0]?.nics).toMatchObject([{ networkName: 'Prod', mac: null }]);
    const told = gaps.filter(({ machines }) => machines === null).map(({ of }) => of);
    expect(told).toEqual(
      expect.arrayContaining(['disks', 'networks', 'snapshots', 'tools', 'hosts', 'datastores', 'vlans', 'tpm']),
    );
  });

  test('with vInfo alone counts disks and cards as vInfo does, and says so', async () => {
    const [info] = changed('vInfo', (sheet) => under(under(sheet, 'NICs', [3]), 'Disks', [4])).filter(
      ({ name }) => name === 'vInfo',
    );
    const assessment = await judged(await readBook(workbookBytes(info === undefined ? [] : [info])));

    expect(assessment.machines.map(({ disks, cards, diskGiB }) => [disks, cards, diskGiB])).toEqual([
      [4, 3, 50],
      [2, 1, 60],
      [2, 1, 70],
    ]);
    expect(assessment.quotas).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ of: 'volumes', needs: 8 }),
        expect.objectContaining({ of: 'ports', needs: 5 }),
      ]),
    );
    const told = assessment.gaps.map(({ says }) => says);
    expect(told).toContain(
      'The tab vDisk is missing: how many disks a machine has, and how large they are together, is taken from vInfo; each is taken for an equal part.',
    );
    expect(told).toContain(
      'The tab vNetwork is missing: how many network cards a machine has, and on which networks, is taken from vInfo.',
    );
  });

  test('never has more cards than vSphere lets a machine have, whatever vInfo counts', async () => {
    const many = changed('vInfo', (sheet) => under(sheet, 'NICs', [1e9])).filter(({ name }) => name === 'vInfo');

    const { vms } = await readBook(workbookBytes(many));

    expect(vms[0]?.nics).toHaveLength(10);
  });

  test('says which system a guest has by one measure: “Other” tells nothing, a name that has no id does', async () => {
    const [settings, tools] = ['OS according to the configuration file', 'OS according to the VMware Tools'];
    const named = changed('vInfo', (sheet) =>
      under(under(sheet, settings, ['IBM OS/2', 'Other (32-bit)']), tools, [null, null]),
    );

    const { machines, gaps } = await judged(await readBook(workbookBytes(named)));

    const place = gaps.findIndex(({ of }) => of === 'guest-system');
    expect(machines.map((one) => [one.gaps.includes(place), one.findings.some(({ id }) => id === 'OS-02')])).toEqual([
      [false, false],
      [true, true],
      [false, false],
    ]);
  });

  test('refuses one without machines', async () => {
    await expect(readBook(workbookBytes(sheets.filter(({ name }) => name !== 'vInfo')))).rejects.toMatchObject({
      code: 'assess.no-machines',
    });
  });

  test('tells machines of one name apart by their ids, and never guesses where there are none', async () => {
    const twins = { machines: estate.machines.map((machine) => ({ ...machine, name: 'twin' })) };
    const byId = await readBook(workbookBytes(rvtoolsSheets(twins, '4.7')));
    const withoutIds = rvtoolsSheets(twins, '4.7').map((sheet) =>
      sheet.name === 'vDisk'
        ? {
            ...sheet,
            rows: sheet.rows.map((row) =>
              row.map((cell, index) => (/^VM (ID|UUID)$/.test(String(sheet.rows[0]?.[index])) ? null : cell)),
            ),
          }
        : sheet,
    );
    const byName = await readBook(workbookBytes(withoutIds));

    expect(sizes(byId)).toEqual(asMade);
    // vm-1 and vm-3 are on one host: nothing tells them apart; vm-2 is alone on the other.
    expect(sizes(byName).map((disks) => disks.length)).toEqual([1, 2, 1]);
    expect(byName.warnings).toContain(
      'vDisk, row 2: “twin” could be 2 machines, and nothing says which, so the row is left out.',
    );
  });

  test('takes MB for MiB in old layouts, and for millions beside columns that say MiB', async () => {
    const renamed = changed('vDisk', (sheet) => ({
      ...sheet,
      rows: sheet.rows.map((row, index) =>
        index === 0 ? row.map((cell) => (cell === 'Capacity MiB' ? 'Capacity MB' : cell)) : row,
      ),
    }));

    const { vms, warnings } = await readBook(workbookBytes(renamed));
    const old = await readBook(workbookBytes(rvtoolsSheets(estate, '3.11')));

    expect(vms[0]?.disks[0]?.sizeBytes).toBe(40_960 * 1_000_000);
    expect(warnings).toHaveLength(1);
    expect(sizes(old)).toEqual(asMade);
  });

  test('tells the first hundred of a kind, and how many there are', async () => {
    const many: MadeEstate = {
      machines: Array.from({ length: 250 }, (_, index) => ({
        name: `m${index}`,
        number: index,
        disks: [{ gib: 1 }],
        nics: [],
      })),
    };
    const wrong = rvtoolsSheets(many, '4.7').map((sheet) =>
      sheet.name === 'vDisk'
        ? under(
            sheet,
            'Capacity MiB',
            Array.from({ length: 250 }, () => 'much'),
          )
        : sheet,
    );

    const { warnings } = await readBook(workbookBytes(wrong));

    expect(warnings).toHaveLength(101);
    expect(warnings.at(-1)).toBe('vDisk, column “Capacity MiB”: 150 more like these, 250 in all.');
  });
});

test('headings are found however they are written', () => {
  const spelled = fc.constantFrom('Capacity MiB', 'Disk Mode', 'Raw Comp. Mode', 'SCSI Unit #', 'VM').chain((heading) =>
    fc.record({
      heading: fc.constant(heading),
      written: fc
        .array(fc.tuple(fc.boolean(), fc.constantFrom('', ' ', '_', '-', '\u00a0')), { minLength: 20, maxLength: 20 })
        .map((marks) =>
          [...heading]
            .map((letter, index) => {
              const [isUpper, mark] = marks[index] ?? [false, ''];
              return (letter === ' ' ? '' : isUpper ? letter.toUpperCase() : letter.toLowerCase()) + mark;
            })
            .join(''),
        ),
    }),
  );
  fc.assert(
    fc.property(spelled, ({ heading, written }) => {
      const found = (cell: string): string[] => [...headingsIn({ number: 1, cells: [cell] }, vDisk).keys()];

      expect(found(written)).toEqual(found(heading));
      expect(found(`vDisk${written}`)).toEqual(found(heading));
    }),
  );
});
