/** Tables that people made of others: put under each other, each row counts under the headings above it, and a row of sums is none. */
import { describe, expect, test } from 'vitest';
import type { Estate } from '../../main/shared/estate.ts';
import { readBook, readFiles } from '../support/estate-files.ts';
import { workbookBytes, type MadeCell } from '../support/workbook.ts';

const GiB = 1024 ** 3;

const older = ['VM', 'Powerstate', 'Template', 'CPUs', 'Memory', 'NICs'];
const newer = ['VM', 'Powerstate', 'Template', 'SRM Placeholder', 'NICs', 'Memory', 'HW version', 'CPUs'];
const rowsOf = (first: number): MadeCell[][] => [
  older,
  ...Array.from({ length: first }, (_, at) => [`a${at}`, 'poweredOn', 'False', 2, 4096, 1]),
  newer,
  ['b', 'poweredOff', 'False', 'False', 1, 65_536, 19, 8],
  older,
  ['c', 'poweredOn', 'False', 4, 8192, 1],
];
const csvOf = (rows: readonly (readonly MadeCell[])[]): string => rows.map((row) => row.join(',')).join('\n');
const sizes = ({ vms }: Estate): unknown[] =>
  vms.map(({ name, power, cpus, memoryBytes, hardwareVersion }) => [
    name,
    power,
    cpus,
    memoryBytes / GiB,
    hardwareVersion,
  ]);

describe('exports that were put under each other', () => {
  const last = [
    ['b', 'off', 8, 64, 19],
    ['c', 'on', 4, 8, null],
  ];

  // In the field, all before the widest headings was lost, or what came later was read by the headings of other columns.
  test.each([1, 60, 3000])(
    'are read by the headings above each row, with %d rows before the second ones',
    async (first) => {
      const fromText = await readFiles({ 'vInfo.csv': csvOf(rowsOf(first)) });
      const fromBook = await readBook(workbookBytes([{ name: 'vInfo', rows: rowsOf(first) }]));

      for (const estate of [fromText, fromBook]) {
        expect(sizes(estate)).toHaveLength(first + 2);
        expect(sizes(estate)[0]).toEqual(['a0', 'on', 2, 4, null]);
        expect(sizes(estate).slice(-2)).toEqual(last);
        expect(estate.warnings).toEqual([]);
      }
      expect(fromText.gaps.find(({ of }) => of === 'size')).toBeUndefined();
    },
  );

  test('are told apart from machines that are called like columns', async () => {
    const named = [
      older,
      ...['VM', 'Name', 'Host', 'x'].map((name) => [name, 'poweredOn', 'False', 2, 4096, 1]),
      older,
    ];

    const { vms } = await readFiles({ 'vInfo.csv': csvOf(named) });

    expect(vms.map(({ name }) => name)).toEqual(['VM', 'Name', 'Host', 'x']);
  });

  test('may have headings over two rows, of which some are merged', async () => {
    const rows = [older, ['VM', 'Powerstate', 'Template', null, 'MiB', null], ['a', 'poweredOn', 'False', 2, 4096, 1]];

    expect(sizes(await readFiles({ 'vInfo.csv': csvOf(rows) }))).toEqual([['a', 'on', 2, 4, null]]);
  });
});

describe('a row of sums', () => {
  const head = 'VM,Powerstate,CPUs,Memory,Host,VM ID';
  const machines = ['a,poweredOn,2,4096,esx1,vm-1', 'b,poweredOff,4,8192,esx1,vm-2'];

  // In the field, a line “Total” was a machine as large as all the others together.
  test.each([
    ['last', [head, ...machines, 'Total,,6,12288,,'], 4],
    ['first', [head, 'Total,,6,12288,,', ...machines], 2],
  ])('is no machine, and told: %s', async (_, rows, number) => {
    const estate = await readFiles({ 'vInfo.csv': rows.join('\n') });

    expect(estate.vms.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(estate.warnings).toEqual([
      `vInfo, row ${number}: “Total” has neither power state nor id, UUID or host, which other rows have; it is taken for a sum, and left out.`,
    ]);
  });

  test('cannot be told from machines where no row has more than names and sizes', async () => {
    const { vms, warnings } = await readFiles({ 'vInfo.csv': 'VM,CPUs,Memory\na,2,4096\nb,4,8192' });

    expect([vms.map(({ name }) => name), warnings]).toEqual([['a', 'b'], []]);
    const beside = await readFiles({
      'vInfo.csv': 'VM,CPUs,Memory\na,2,4096',
      'vInfo (2).csv': [head, ...machines].join('\n'),
    });
    expect(beside.vms).toHaveLength(3);
  });
});
