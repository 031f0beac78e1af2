/** What a table does with its rows, without a page: filter, order, choice, keys, what is given away, what is kept. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Column } from '../../renderer/parts/table/column.ts';
import { columnNames, filterOf, unknownColumns } from '../../renderer/parts/table/filter.ts';
import { asMade, inOrder, keep, keptOf, moved, resized } from '../../renderer/parts/table/layout.ts';
import { SearchTexts } from '../../renderer/parts/table/search-texts.ts';
import { chosenNone, chosenOnly, chosenToo, chosenUpTo } from '../../renderer/parts/table/selection.ts';
import { csvOf, tsvOf } from '../../renderer/parts/table/separated.ts';
import { ShownOrder } from '../../renderer/parts/table/shown-order.ts';
import { sorted, sortedNext } from '../../renderer/parts/table/sort.ts';
import { stepped } from '../../renderer/parts/table/steps.ts';

interface Machine {
  readonly name: string;
  readonly os: string;
  readonly diskBytes: number | null;
}

const GIB = 2 ** 30;
const columns: readonly Column<Machine>[] = [
  { id: 'name', title: 'Name', value: ({ name }) => name },
  { id: 'os', title: 'Operating system', value: ({ os }) => os },
  {
    id: 'disk',
    title: 'Disk size',
    value: ({ diskBytes }) => diskBytes,
    text: ({ diskBytes }) => (diskBytes === null ? '–' : `${diskBytes / GIB} GiB`),
    unit: GIB,
  },
];
const machines: readonly Machine[] = [
  { name: 'web-10', os: 'Debian 12', diskBytes: 40 * GIB },
  { name: 'web-9', os: 'Windows Server 2019', diskBytes: 600 * GIB },
  { name: 'db-1', os: 'Windows Server 2022', diskBytes: null },
  { name: 'a:b', os: 'Debian 11', diskBytes: 500 * GIB },
];
const namesOf = (rows: readonly Machine[]): string[] => rows.map(({ name }) => name);

describe('the filter of a table', () => {
  const texts = new SearchTexts(columns);
  const found = (typed: string): string[] =>
    namesOf(machines.filter(filterOf(typed, columns, (row: Machine) => texts.of(row))));

  test.each([
    ['', ['web-10', 'web-9', 'db-1', 'a:b']],
    ['WEB', ['web-10', 'web-9']],
    ['web windows', ['web-9']],
    ['os:windows', ['web-9', 'db-1']],
    ['os:"server 2019"', ['web-9']],
    ['operatingsystem:2022', ['db-1']],
    ['disk>500', ['web-9']],
    ['disk>=500', ['web-9', 'a:b']],
    ['disk<0.5tib', ['web-10', 'a:b']],
    ['disksize=40', ['web-10']],
    ['disks>500', ['web-9']], // the plural, or the singular
    ['OPERATINGSYSTEMS:2022', ['db-1']],
    ['name=web-9', ['web-9']],
    ['os: web', ['web-10', 'web-9']], // still being typed
    ['a:b', ['a:b']], // no column of that name
    ['disk>lots', []],
    ['"', ['web-10', 'web-9', 'db-1', 'a:b']],
  ])('finds with %j', (typed, names) => {
    expect(found(typed)).toEqual(names);
  });

  test('tells which column it was asked for that there is not, and which there are', () => {
    expect(unknownColumns('web foo:bar disks>500 OS:debian', columns)).toEqual(['foo']);
    expect(columnNames(columns)).toEqual(['name', 'operatingsystem', 'disksize']);
  });
});

describe('the order of a table', () => {
  test('counts as people do, and leaves what has no value to the end both ways', () => {
    const byName = sorted(machines, [{ column: 'name', isDown: false }], columns);
    const byDisk = sorted(machines, [{ column: 'disk', isDown: false }], columns);
    const byDiskDown = sorted(machines, [{ column: 'disk', isDown: true }], columns);

    expect(namesOf(byName)).toEqual(['a:b', 'db-1', 'web-9', 'web-10']);
    expect(namesOf(byDisk)).toEqual(['web-10', 'a:b', 'web-9', 'db-1']);
    expect(namesOf(byDiskDown)).toEqual(['web-9', 'a:b', 'web-10', 'db-1']);
  });

  test('goes by several columns with Shift, and lets go of one at the third click', () => {
    const one = sortedNext([], 'os', false);
    const two = sortedNext(one, 'name', true);
    const down = sortedNext(two, 'name', true);

    expect(down).toEqual([
      { column: 'os', isDown: false },
      { column: 'name', isDown: true },
    ]);
    expect(sortedNext(down, 'name', true)).toEqual(one);
    expect(sortedNext(one, 'os', false)).toEqual([{ column: 'os', isDown: true }]);
  });

  test('stays while somebody is in the table: rows change in place, new ones come last, gone ones go', () => {
    const order = new ShownOrder<Machine>();
    const question = {
      asked: {},
      isWanted: ({ os }: Machine) => os.includes('Debian'),
      inOrder: (rows: readonly Machine[]) => sorted(rows, [{ column: 'name', isDown: false }], columns),
    };
    const keyOf = ({ name }: Machine): string => name;
    const later: readonly Machine[] = [
      { name: 'a-0', os: 'Debian 13', diskBytes: 1 },
      { name: 'a-1', os: 'Solaris', diskBytes: 1 },
      { name: 'web-10', os: 'Windows by now', diskBytes: 1 },
      { name: 'a:b', os: 'Debian 12', diskBytes: 1 },
    ];

    expect(namesOf(order.of(machines, keyOf, question, true))).toEqual(['a:b', 'web-10']);
    const held = order.of(later, keyOf, question, true);
    const left = order.of(later, keyOf, question, false);

    expect(held.map(({ name, os }) => `${name} ${os}`)).toEqual([
      'a:b Debian 12',
      'web-10 Windows by now',
      'a-0 Debian 13',
    ]);
    expect(namesOf(left)).toEqual(['a-0', 'a:b']);
    expect(namesOf(order.of(machines, keyOf, { ...question, asked: {} }, true))).toEqual(['a:b', 'web-10']);
  });
});

describe('choosing rows', () => {
  const shown = ['a', 'b', 'c', 'd', 'e'];
  const keysOf = ({ keys }: { keys: ReadonlySet<string> }): string => [...keys].sort().join('');

  test('takes ranges from where it began, in both directions', () => {
    const began = chosenOnly('c');

    expect(keysOf(chosenUpTo(began, 'e', shown, false))).toBe('cde');
    expect(keysOf(chosenUpTo(chosenUpTo(began, 'e', shown, false), 'a', shown, false))).toBe('abc');
    expect(keysOf(chosenUpTo(chosenToo(began, 'a'), 'b', shown, true))).toBe('abc');
  });

  test('begins anew where the row that a range began with is no longer shown', () => {
    expect(keysOf(chosenUpTo(chosenOnly('z'), 'b', shown, false))).toBe('b');
    expect(keysOf(chosenToo(chosenToo(chosenNone, 'a'), 'a'))).toBe('');
  });
});

test('keys lead from cell to cell, up to the head, and never out of the grid', () => {
  const extent = { rows: 100, columns: 5, page: 10 };
  const from = { row: 50, column: 2 };
  const to = (key: string, isControl = false) => stepped(from, key, isControl, extent);

  expect(to('ArrowDown')).toEqual({ row: 51, column: 2 });
  expect(to('PageUp')).toEqual({ row: 40, column: 2 });
  expect(to('Home')).toEqual({ row: 50, column: 0 });
  expect(to('End')).toEqual({ row: 50, column: 4 });
  expect(to('Home', true)).toEqual({ row: 0, column: 0 });
  expect(to('End', true)).toEqual({ row: 99, column: 4 });
  expect(stepped({ row: 0, column: 0 }, 'ArrowUp', false, extent)).toEqual({ row: -1, column: 0 });
  expect(stepped({ row: -1, column: 0 }, 'ArrowUp', false, extent)).toEqual({ row: -1, column: 0 });
  expect(stepped({ row: -1, column: 0 }, 'ArrowDown', false, { ...extent, rows: 0 })).toEqual({ row: -1, column: 0 });
  expect(to('x')).toBeNull();
});

test('what is given away holds no formulas and no broken lines', () => {
  const evil: readonly Machine[] = [
    { name: '=cmd()', os: 'a "b", c', diskBytes: -5 },
    { name: '@x', os: '+1\n2', diskBytes: null },
    { name: '\tx', os: '-y', diskBytes: 0 },
  ];

  expect(csvOf(evil, columns)).toBe(
    `\uFEFFName,Operating system,Disk size\r\n'=cmd(),"a ""b"", c",-5\r\n'@x,"'+1\n2",\r\n'\tx,'-y,0\r\n`,
  );
  expect(tsvOf(evil.slice(1, 2), columns)).toBe(`Name\tOperating system\tDisk size\n'@x\t'+1 2\t–`);
});

describe('the layout of a table', () => {
  const kept = new Map<string, string>();
  const before = Object.getOwnPropertyDescriptor(globalThis, 'localStorage');
  beforeEach(() => {
    kept.clear();
    const storage = {
      getItem: (name: string) => kept.get(name) ?? null,
      setItem: (name: string, value: string) => void kept.set(name, value),
    };
    Object.defineProperty(globalThis, 'localStorage', { value: storage, configurable: true });
  });
  afterEach(() => {
    if (before !== undefined) Object.defineProperty(globalThis, 'localStorage', before);
  });

  test('is kept by the table’s id; what was kept by something else counts for nothing', () => {
    const layout = resized(moved(columns, asMade, 'disk', -2), { name: 10, os: 333.4 });
    keep('machines', { version: 1, layout, views: [] });
    kept.set('guts.table.strange', '{"version":7}');
    kept.set('guts.table.broken', '{');

    expect(keptOf('machines').layout).toEqual({
      order: ['disk', 'name', 'os'],
      isShown: {},
      widths: { name: 48, os: 333 },
    });
    expect(keptOf('strange').layout).toEqual(asMade);
    expect(keptOf('broken').layout).toEqual(asMade);
  });

  test('puts columns that are newer than it last', () => {
    expect(inOrder(columns, { ...asMade, order: ['disk', 'gone', 'name'] }).map(({ id }) => id)).toEqual([
      'disk',
      'name',
      'os',
    ]);
  });
});
