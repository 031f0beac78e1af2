/** Tables that people made of several ones, one under the other: each row counts under the headings above it. */
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
