/** The inventory in the real window: machines of simulated vCenters, looked for, narrowed, chosen, exported, sent on their way. */
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ApiClient } from '../../main/shared/client/client.ts';
import { startOpenstack, type OpenstackLab } from '../lab/openstack/start.ts';
import { startVcenter, type Vcenter } from '../lab/vcenter/vcenter.ts';
import { workbookBytes } from '../support/workbook.ts';
import { keepPicture, newHome, openApp, type OpenApp } from './app.ts';
import { proveFace } from './pictures.ts';
import { addSource, clientOf } from './two-sides.ts';

let vc: Vcenter;
let branch: Vcenter;
let cloud: OpenstackLab;
let open: OpenApp;
let page: Page;
/** How many machines the first one has. */
let all: number;
const home = newHome();

const client = (): ApiClient => clientOf(home);
const table = () => page.getByRole('grid', { name: 'Virtual machines' });
const count = async (): Promise<string | null> => await page.locator('[data-count]').textContent();
const filter = async (text: string): Promise<void> => await page.getByLabel('Filter “Virtual machines”').fill(text);
const refOf = (name: string): string => vc.state().machines.find((one) => one.name === name)?.ref ?? 'none';
const cell = (name: string) => table().getByText(name, { exact: true });
const isInTable = async (): Promise<boolean> => await table().evaluate((grid) => grid.contains(document.activeElement));
/** What has the focus: the row’s key without its source, and the column. */
const focused = async (): Promise<string> =>
  await page.evaluate(() => {
    const cell = document.activeElement;
    const row = cell?.closest('[data-row]')?.getAttribute('data-row') ?? '';
    return `${row.split('/').at(-1)} ${cell?.getAttribute('data-column')}`;
  });

beforeAll(async () => {
  [vc, branch, cloud] = await Promise.all([
    startVcenter(),
    startVcenter({ withOthers: false }),
    startOpenstack({ buildMs: 20 }),
  ]);
  all = vc.state().machines.length;
  open = await openApp({ home, vault: 'memory' });
  ({ page } = open);
  await page.locator('[data-engine]').waitFor();
});
afterAll(async () => {
  await open[Symbol.asyncDispose]();
  await Promise.all([vc, branch, cloud].map(async (lab) => await lab[Symbol.asyncDispose]()));
  home[Symbol.dispose]();
});

/** Of these addresses, those that were downloaded. */
async function downloads(urls: readonly string[]): Promise<string[]> {
  await open.app.evaluate(({ session }) => {
    Object.assign(globalThis, { let: [] as string[] });
    session.defaultSession.on('will-download', (event, item) => {
      item.setSavePath('/dev/null');
      if (!event.defaultPrevented) (globalThis as unknown as { let: string[] }).let.push(item.getURL());
    });
  });
  await page.evaluate(async (all) => {
    for (const url of all) {
      const link = document.createElement('a');
      link.href = url;
      link.download = 'x.txt';
      link.click();
    }
    await new Promise((done) => setTimeout(done, 300));
  }, urls);
  return await open.app.evaluate(() => (globalThis as unknown as { let: string[] }).let);
}

describe('the inventory', () => {
  test('without a source says what would be here, and leads to where one is added', async () => {
    await page.getByRole('link', { name: 'Inventory' }).click();
    await page.getByRole('heading', { name: 'No source yet' }).waitFor();
    await proveFace(page, 'inventory-empty');

    await page.getByRole('button', { name: 'Add a source' }).click();

    await page.waitForURL('guts://app/#/connections/new/source');
  });

  test('reads a new source by itself, and shows its machines with how old that is', async () => {
    await addSource(client(), vc);
    await page.getByRole('link', { name: 'Inventory' }).click();

    await table().waitFor();

    expect(await count()).toBe(`${all} rows`);
    expect(await page.getByText(`${all} VMs, as of`).count()).toBe(1);
    // Once, rows were missing until something else was drawn.
    await cell('branch-1').waitFor();
    const offsets = await page.evaluate(() => {
      const leftOf = (one: Element): number => one.getBoundingClientRect().left;
      const cells = [...document.querySelectorAll('[aria-rowindex="2"] [role=gridcell]')].map(leftOf);
      return [...document.querySelectorAll('[role=columnheader]')].map((one, at) => leftOf(one) - (cells[at] ?? 0));
    });
    expect(offsets.every((offset) => Math.abs(offset) < 0.5)).toBe(true);
    await proveFace(page, 'inventory');
  });

  test('filters by words, by columns and by values that are ticked', async () => {
    await filter('os:windows tools:old');
    expect(await count()).toBe(`1 of ${all}`);
    await filter('disks>10');
    expect(await count()).toBe(`1 of ${all}`);
    await filter('nothing is called this');
    await page.getByText('No row fits the filter.').waitFor();
    await filter('foo:bar');
    await page.getByText('There is no column “foo”; there are: name, ').waitFor();
    await page.getByRole('button', { name: 'Show all rows' }).click();
    expect(await count()).toBe(`${all} rows`);

    await page.getByRole('button', { name: 'Power' }).click();
    await page.getByRole('menuitemcheckbox', { name: /^Template/ }).click();
    await keepPicture(page, 'inventory-facet');
    await page.keyboard.press('Escape');

    expect(await count()).toBe(`1 of ${all}`);
    expect(await table().getByRole('row').nth(1).textContent()).toContain('odd-template');
    await page.getByRole('button', { name: 'Power: 1' }).click();
    await page.getByRole('menuitem', { name: 'Show all' }).click();
    await page.keyboard.press('Escape');
  });

  test('is one tab stop, and goes by the keyboard from cell to cell, also where rows are out of sight', async () => {
    await page.getByLabel('Filter “Virtual machines”').click();
    for (let i = 0; i < 20 && !(await isInTable()); i++) await page.keyboard.press('Tab');
    const first = await focused();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    const below = await focused();
    await page.keyboard.press('Control+End');
    const last = await focused();
    await table().evaluate((grid) => grid.scrollTo({ top: 0 }));
    await page.waitForFunction(() => document.querySelector('[aria-rowindex="2"]') !== null);
    const away = await focused();
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Home');
    const spelled = async (): Promise<string> => {
      await page.keyboard.type('odd-u');
      return await focused();
    };
    // Letters that come late, as from a computer that does something else as well, begin a new word.
    await expect.poll(spelled, { interval: 1000 }).toBe(`${refOf('odd-unplugged')} #choose`);
    await page.keyboard.press('Tab');

    expect(first).toMatch(/^vm-\d+ name$/);
    expect(below).toMatch(/^vm-\d+ power$/);
    expect(below.split(' ')[0]).not.toBe(first.split(' ')[0]);
    expect(last).toMatch(/ #menu$/);
    expect(away).toBe(last);
    expect(await isInTable()).toBe(false);
  });

  test('selects by click, Shift, Ctrl and Ctrl+A, says how much that is, and lets go by Escape', async () => {
    const said = page.locator('output', { hasText: 'selected' });
    await filter('odd-s');
    const rows = Number((await count())?.split(' ')[0]);
    await cell('odd-serial').click();
    await cell('odd-sixty-disks').click({ modifiers: ['Shift'] });
    expect(await said.textContent()).toBe('3 selected');
    await cell('odd-sixty-disks').click({ modifiers: ['Control'] });
    expect(await said.textContent()).toBe('2 selected');
    await page.getByRole('checkbox', { name: 'Select odd-suspended' }).click();
    expect(await said.textContent()).toBe('3 selected');
    await page.keyboard.press('Control+a');
    expect(await said.textContent()).toBe(`All ${rows} rows that are shown are selected`);

    await filter('odd-secure');

    expect(await said.textContent()).toBe(`${rows} selected, ${rows - 1} of them not shown`);
    await filter('');
    await cell('odd-cdrom').click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Move 1 VM' }).waitFor();
    await keepPicture(page, 'inventory-menu');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    expect(await said.textContent()).toBe('Nothing selected');
  });

  test('sorts by several columns, and keeps which columns there are, also in a view with a name', async () => {
    await page.getByRole('columnheader', { name: 'Power', exact: false }).click();
    await page.getByRole('columnheader', { name: 'CPUs', exact: false }).click({ modifiers: ['Shift'] });
    expect(await page.locator('[aria-sort="ascending"]').count()).toBe(2);
    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByRole('checkbox', { name: 'Folder' }).check();
    await page.getByRole('checkbox', { name: 'Memory' }).uncheck();
    await page.getByRole('button', { name: 'Make “Name” wider' }).click();
    await keepPicture(page, 'inventory-columns');
    await page.keyboard.press('Escape');
    await filter('odd');
    await page.getByRole('button', { name: 'Views' }).click();
    await page.getByRole('menuitem', { name: 'Save this view …' }).click();
    await page.getByLabel('Name of the view').fill('Odd ones');
    await page.getByRole('button', { name: 'Save view' }).click();
    await filter('');
    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByRole('button', { name: 'Reset columns' }).click();
    await page.keyboard.press('Escape');
    expect(await page.getByRole('columnheader', { name: 'Folder' }).count()).toBe(0);

    await page.reload();
    await page.getByRole('button', { name: 'Views' }).click();
    await page.getByRole('menuitem', { name: 'Odd ones', exact: true }).click();

    expect(await page.getByRole('columnheader', { name: 'Folder' }).count()).toBe(1);
    expect(await page.getByRole('columnheader', { name: 'Memory' }).count()).toBe(0);
    expect(await page.locator('[aria-sort="ascending"]').count()).toBe(2);
    expect(await page.getByLabel('Filter “Virtual machines”').inputValue()).toBe('odd');
    await filter('');
    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByRole('button', { name: 'Reset columns' }).click();
    await page.keyboard.press('Escape');
  });

  test('is narrowed by where machines are', async () => {
    await page.getByRole('treeitem', { name: /cluster-branch/ }).click();
    const inBranch = Number((await count())?.split(' ')[0]);
    expect(inBranch).toBeGreaterThan(0);
    expect(inBranch).toBeLessThan(all);

    await page.getByLabel('Places by').selectOption('network');
    expect(await count()).toBe(`${all} rows`);
    await page.getByRole('treeitem', { name: /vc1/ }).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');

    expect(Number((await count())?.split(' ')[0])).toBeLessThan(all);
    await proveFace(page, 'inventory-network');
    await page.keyboard.press('Escape');
    expect(await count()).toBe(`${all} rows`);
    await page.getByLabel('Places by').selectOption('cluster');
  });

  test('selects the machines of a list from elsewhere, and says which it does not know', async () => {
    await page.getByRole('button', { name: 'Import a list' }).click();
    await page
      .getByRole('textbox', { name: 'List' })
      .fill('VM\tPowerstate\tVM ID\nodd-vgpu\tpoweredOff\t\nnowhere-1\t\t\n\t\t' + refOf('odd-usb'));
    await page.getByText('Line 3: nowhere-1').waitFor();
    await proveFace(page, 'inventory-import');

    await page.getByRole('button', { name: 'Select 2 VMs' }).click();

    expect(await page.locator('output', { hasText: 'selected' }).textContent()).toBe('2 selected');
    await page.getByRole('button', { name: 'Move 2 VMs' }).click();
    await page.waitForURL('guts://app/#/plans/new');
    await page.getByText('2 VMs in the plan: 2 in wave 1.').waitFor();
    await page.getByRole('link', { name: 'Inventory' }).click();
    await table().waitFor();
  });

  test('takes a list in a workbook, which Guts reads, by the rows of its sheet', async () => {
    const book = (rows: readonly (readonly string[])[]): Buffer => workbookBytes([{ name: 'Wave 1', rows }]);
    await page.getByRole('button', { name: 'Import a list' }).click();
    const dialog = page.getByRole('dialog', { name: 'Import a list' });
    const choose = async (name: string, buffer: Buffer): Promise<void> =>
      await dialog.locator('input[type=file]').setInputFiles({ name, mimeType: '', buffer });
    await choose('broken.xlsx', book([]));
    await dialog.getByText('The first sheet of “broken.xlsx”, “Wave 1”, is empty.', { exact: true }).waitFor();

    await choose('wave-1.xlsx', book([['VM', 'VM ID'], ['odd-vgpu'], [], ['nowhere-1'], ['', refOf('odd-usb')]]));

    await dialog.getByText('From the first sheet of wave-1.xlsx, “Wave 1”.').waitFor();
    await dialog.getByText('Row 4: nowhere-1').waitFor();
    await proveFace(page, 'inventory-import-workbook');
    await page.getByRole('button', { name: 'Select 2 VMs' }).click();
    expect(await page.locator('output', { hasText: 'selected' }).textContent()).toBe('2 selected');
  });

  test('gives its rows away as a file; nothing else is let out', async () => {
    const file = path.join(home.dataDir, 'export.csv');
    await open.app.evaluate(({ session }, to) => {
      session.defaultSession.once('will-download', (_event, item) => {
        item.setSavePath(to);
        item.once('done', (_done, state) => Object.assign(globalThis, { exported: state }));
      });
    }, file);
    await filter('odd-no');
    await page.getByRole('button', { name: 'Export' }).click();
    await page.getByRole('menuitem', { name: 'Save what is shown as CSV (3)' }).click();
    await expect
      .poll(async () => await open.app.evaluate(() => (globalThis as { exported?: string }).exported))
      .toBe('completed');

    const lines = readFileSync(file, 'utf8').trimEnd().split('\r\n');
    expect(lines[0]).toMatch(/^\uFEFFName,Power,OS,CPUs,/);
    expect(lines.slice(1).map((line) => line.split(',')[0])).toEqual(['odd-no-disk', 'odd-no-nic', 'odd-no-tools']);
    const outcomes = await downloads(['data:text/plain,x', 'guts://app/index.html', 'blob:null/abc']);
    expect(outcomes).toEqual([]);
    await filter('');
  });

  test('keeps other sources usable when one cannot be read', async () => {
    await addSource(client(), branch, 'branch');
    await page.getByText(`${branch.state().machines.length} VMs, as of`).waitFor();
    branch.outage(1000);

    await page.getByRole('button', { name: 'Refresh' }).click();

    await page.getByRole('alert').filter({ hasText: '“branch” could not be read' }).waitFor();
    expect(Number((await count())?.split(' ')[0])).toBe(all + branch.state().machines.length);
    await proveFace(page, 'inventory-failed');
  });
});

describe('the page of a machine', () => {
  test('says all that is known of it, and what stands in its way to a cloud', async () => {
    const { authUrl, fingerprint, applicationCredential } = cloud;
    await client().call('destinations.create', {
      name: 'os1',
      authUrl,
      auth: { method: 'applicationCredential', id: applicationCredential.id },
      trust: { kind: 'pinned', sha256: fingerprint },
      secret: applicationCredential.secret,
    });
    await filter('odd-snapshot-chain');
    await cell('odd-snapshot-chain').click();
    await page.keyboard.press('Enter');

    await page.getByRole('heading', { name: 'odd-snapshot-chain' }).waitFor();
    expect(await page.getByRole('table', { name: 'Snapshots' }).getByRole('row').count()).toBe(4);
    await page.getByRole('button', { name: 'Check' }).click();
    await page.getByText('What to do:').first().waitFor();
    await proveFace(page, 'machine');
    await page.getByRole('button', { name: 'Show raw facts' }).click();
    expect(await page.locator('pre').textContent()).toContain('"name": "odd-snapshot-chain"');
    await page.getByRole('button', { name: 'Copy as JSON' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    expect(JSON.parse(await open.app.evaluate(({ clipboard }) => clipboard.readText()))).toMatchObject({
      name: 'odd-snapshot-chain',
    });
  });

  test('shows its migrations, and is told of new ones', async () => {
    const ref = refOf('odd-snapshot-chain');
    await page.getByText('It was not moved yet.').waitFor();

    await client().call('migrations.create', { source: 'vc1', vm: ref, destination: 'os1' });

    await page.getByRole('table', { name: 'Its migrations' }).getByText('Planned').waitFor();
    await page.getByRole('button', { name: 'Back to the inventory' }).click();
    await filter('migration:planned');
    expect(await count()).toMatch(/^1 of /);
  });

  test('of a machine that is not there says so', async () => {
    await page.evaluate(() => (location.hash = '/inventory/vc1/vm-0'));

    await expect
      .poll(async () => await page.getByRole('alert').allTextContents())
      .toEqual([expect.stringContaining('vm-0')]);
  });
});
