/** Lists of machines in files of spreadsheet programs, as plans take them: workbooks, and texts as Windows writes them. */
import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { workbookBytes, type MadeCell } from '../support/workbook.ts';
import { zipBytes } from '../support/zip.ts';
import { planWorld, type PlanWorld } from './plan-world.ts';

let world: PlanWorld;

beforeAll(async () => {
  world = await planWorld();
});
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

const other = { name: 'Notes', rows: [['VM'], ['files-01']] };

function workbook(name: string, rows: readonly (readonly MadeCell[])[], merges: readonly string[] = []): string {
  const file = world.file(name);
  writeFileSync(file, workbookBytes([{ name: 'Machines', rows, merges }, other]));
  return file;
}

const create = async (plan: string, file: string, ...more: string[]) =>
  await world.guts('plan', 'create', plan, '--vm-list', file, '--map', 'lan', ...more);

describe('a list in a workbook', () => {
  test('becomes a plan by the titles of its first sheet, wherever they stand and however they are written', async () => {
    const uuid = (await world.client.call('instances.show', { instance: 'web-11' })).biosUuid ?? '';
    const file = workbook(
      'machines.xlsx',
      [
        ['Machines of the shop'],
        [],
        ['Owner', 'VM-Name:', 'BIOS_UUID', 'WAVE #', 'target  network', 'Target IP', 'Flavor'],
        ['Anna', 'web-10', null, 2, 'lan', 'auto', 'm1.small'],
        ['Ben', null, uuid, { formula: 'A1', result: 3 }, null, null, null],
        ['Ben', 'files-01', null, null, null, null, null],
        ['Ben', null, null, null, null, null, null],
      ],
      ['B6:B7'],
    );

    const done = await create('book', file);

    expect(done, done.stderr).toMatchObject({ code: 0 });
    expect((await world.client.call('plans.show', { plan: 'book' })).machines).toMatchObject([
      {
        vm: { name: 'web-10' },
        wave: 2,
        options: { flavor: 'm1.small', networks: [{ from: null, to: 'lan', ip: 'auto' }] },
      },
      { vm: { name: 'web-11' }, wave: 3, options: {} },
      { vm: { name: 'files-01' }, wave: 1, options: {} },
    ]);
  });

  test('shows what it does not know, or not for certain, by sheet and row, and makes nothing', async () => {
    const file = workbook('unclear.xlsx', [
      ['VM', 'VM ID'],
      ['web-12', null],
      [],
      ['nowhere', null],
      ['web-10', world.refOf('files-01')],
    ]);
    const place = `${file}, sheet “Machines”, row`;

    const refused = await create('unclear', file);
    const skipped = await create('unclear', file, '--skip-unmatched');

    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('plan.list-unclear') });
    expect(refused.stderr).toContain(`${place} 4: “nowhere” is not there`);
    expect(refused.stderr).toContain(`${place} 5: “web-10” may be web-10 (`);
    expect(skipped, skipped.stderr).toMatchObject({ code: 0 });
    expect(skipped.stderr).toContain(`left out: ${place} 4: “nowhere” is not there`);
    const { machines } = await world.client.call('plans.show', { plan: 'unclear' });
    expect(machines.map(({ vm }) => vm.name)).toEqual(['web-12']);
  });

  test('without titles is what stands first in each row; a formula that failed is told, not guessed', async () => {
    const bare = workbook('bare.xlsx', [['web-12'], [null, world.refOf('web-13')], [{ error: '#REF!' }]]);
    const titled = workbook('failed.xlsx', [
      ['Name', 'Flavor', 'Wave'],
      ['web-12', { error: '#N/A' }, 1],
      ['web-13', null, { formula: 'B1' }],
      ['web-10', 'm1.small', null],
      ['web-10', 'm1.large', null],
    ]);

    const first = await create('bare', bare);
    const second = await create('failed', titled, '--skip-unmatched');

    expect(first.stderr).toContain(`${bare}, sheet “Machines”, row 3: “the error #REF!” is not there`);
    expect(first.stderr).not.toContain('row 2');
    expect(second.code).toBe(1);
    for (const told of [
      'row 2: “web-12”: “Flavor” holds the error #N/A',
      'row 3: “web-13”: “Wave” holds a formula without a result',
      'row 5: “web-10”: row 4 wishes something else for the same machine',
    ])
      expect(second.stderr).toContain(told);
  });

  test('that holds none is refused with what to give instead', async () => {
    const empty = workbook('empty.xlsx', []);
    const pdf = world.file('machines.pdf');
    writeFileSync(pdf, '%PDF-1.7\n');
    const archive = world.file('machines.zip');
    writeFileSync(archive, zipBytes([{ name: 'machines.txt', bytes: 'web-10' }]));

    const told = [await create('none', empty), await create('none', archive), await create('none', pdf)];

    expect(told.map(({ code }) => code)).toEqual([1, 1, 1]);
    expect(told[0]?.stderr).toContain('The first sheet of “empty.xlsx”, “Machines”, is empty.');
    expect(told[0]?.stderr).toContain('Give a workbook (.xlsx) with the list in its first sheet');
    expect(told[1]?.stderr).toContain('“machines.zip” is a zip archive');
    expect(told[2]?.stderr).toContain('“machines.pdf” is a PDF document.');
    expect(told[2]?.stderr).toContain('with the list in its first sheet');
    await expect(world.client.call('plans.show', { plan: 'none' })).rejects.toMatchObject({ code: 'plan.unknown' });
  });

  test('is read over REST as well, from a file that was sent', async () => {
    const bytes = workbookBytes([{ name: 'Wave 1', rows: [['VM'], ['web-10'], ['nowhere']] }]);
    const { id } = await world.client.upload('wave.xlsx', new Uint8Array(bytes));

    const read = await world.client.call('plans.readList', { file: id });
    const list = await world.client.call('plans.matchList', { source: 'vc1', file: id });

    expect(read).toMatchObject({ sheet: 'Wave 1', machines: [{ line: 2, name: 'web-10' }, { line: 3 }] });
    expect(list).toMatchObject({ sheet: 'Wave 1', found: [{ line: 2 }], unmatched: [{ line: 3, said: 'nowhere' }] });
    await expect(
      world.client.call('plans.matchList', { source: 'vc1', text: 'web-10', file: id }),
    ).rejects.toMatchObject({ code: 'plan.no-list' });
  });
});

test('a text as Windows programs write it is read in its own encoding', async () => {
  const wide = world.file('wide.txt');
  writeFileSync(wide, Buffer.from('\ufeffVM\tWave\r\nweb-10\t2\r\nGrün\t1\r\n', 'utf16le'));
  const western = world.file('western.csv');
  writeFileSync(western, Buffer.from('VM;Wave\r\nweb-10;2\r\nGrün;1\r\n', 'latin1'));

  const told = [await create('wide', wide), await create('western', western)];

  expect(told[0]?.stderr).toContain(`${wide}:3: “Grün” is not there`);
  expect(told[1]?.stderr).toContain(`${western}:3: “Grün” is not there`);
});
