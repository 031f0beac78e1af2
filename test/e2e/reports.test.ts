/** Reports in the window: of all, of a plan, of one, as files, and the audit log. */
import { writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ApiClient } from '../../main/shared/client/client.ts';
import { isOver } from '../../main/shared/stages.ts';
import { signInWithCredential } from '../lab/openstack/sign-in.ts';
import { seededContent } from '../lab/content.ts';
import { startOpenstack, type OpenstackLab } from '../lab/openstack/start.ts';
import type { MachineSpec } from '../lab/vcenter/machine-spec.ts';
import { startVcenter, type Vcenter } from '../lab/vcenter/vcenter.ts';
import { MiB } from '../support/disks.ts';
import { until } from '../support/until.ts';
import { checkout, keepPicture, newHome, openApp, type OpenApp } from './app.ts';
import { downloaded, type Download } from './downloads.ts';
import { outOfSight, shrink, sideways } from './look.ts';
import { proveFace } from './pictures.ts';
import { clientOf } from './two-sides.ts';

const home = newHome();
let open: OpenApp;
let vcenter: Vcenter;
let cloud: OpenstackLab;
let client: ApiClient;

const machine = (name: string, number: number): MachineSpec => {
  const content = seededContent(name, 4 * MiB, number);
  return {
    name,
    power: 'on',
    disks: [{ sizeBytes: content.sizeBytes, isThin: true, content }],
    nics: [{ network: 'VM Network', mac: `00:50:56:ab:00:0${number}` }],
  };
};

beforeAll(async () => {
  const machines = ['web-01', 'db-01', 'billing-db'].map((name, index) => machine(name, index + 1));
  [vcenter, cloud] = await Promise.all([
    startVcenter({ machines, withOthers: false }),
    startOpenstack({ buildMs: 20 }),
  ]);
  open = await openApp({ home });
  await open.page.locator('[data-engine]').waitFor();
  client = clientOf(home);
});
afterAll(async () => {
  await open[Symbol.asyncDispose]();
  await Promise.all([vcenter[Symbol.asyncDispose](), cloud[Symbol.asyncDispose]()]);
  home[Symbol.dispose]();
});

/** Two of a plan, copied as they run, which warns, and one that cannot be moved. */
async function move(): Promise<void> {
  const { user: userName, url, password: secret, fingerprint: sha256 } = vcenter;
  await client.call('sources.create', { name: 'vc1', url, userName, secret, trust: { kind: 'pinned', sha256 } });
  await client.call('sources.refresh', { source: 'vc1' });
  const { connection, secret: credential } = signInWithCredential(cloud);
  const { authUrl, auth, trust } = connection;
  await client.call('destinations.create', { name: 'os1', authUrl, auth, trust, secret: credential });
  const options = {
    networks: [{ from: null, to: 'lan', ip: 'auto' as const }],
    whileRunning: 'snapshot' as const,
    bootTimeoutSeconds: 60,
  };
  const sides = { source: 'vc1', destination: 'os1' };
  const planned = [{ vm: 'web-01' }, { vm: 'db-01', wave: 2 }];
  await client.call('plans.create', { ...sides, name: 'Spring', options, machines: planned });
  await client.call('plans.start', { plan: 'Spring' });
  const networks = [{ from: null, to: 'no such network', ip: 'auto' as const }];
  await client.call('migrations.create', { ...sides, vm: 'billing-db', options: { networks }, start: true });
  await until(
    async () => (await client.call('migrations.rows', {})).rows,
    (rows) => rows.length === 3 && rows.every(({ stage }) => isOver(stage)),
  );
}

/** What the page gives to the user as a file when the button is pressed. */
async function savedBy(button: string): Promise<Download> {
  return await downloaded(open.app, path.join(home.profile, 'saved'), async () => {
    await open.page.getByRole('button', { name: button, exact: true }).click();
  });
}

describe('reports', () => {
  test('are none before anything was moved, and the window says what would be there', async () => {
    const { page } = open;
    await page.getByRole('link', { name: 'Reports' }).click();

    await page.getByRole('heading', { name: 'Nothing was moved yet' }).waitFor();
    expect(await page.getByRole('button', { name: 'Go to the migrations' }).count()).toBe(1);
    await proveFace(page, 'reports-empty');
  });

  test('of all that is over come by themselves, with verdicts and sums', async () => {
    const { page } = open;
    await move();

    await page.getByRole('link', { name: 'billing-db' }).waitFor();
    await page.getByText('2 of 3', { exact: true }).waitFor();
    expect(await page.getByText('Not proved', { exact: true }).count()).toBe(1);
    await proveFace(page, 'reports');
  });

  test('of a plan, of a wave and of a period are chosen', async () => {
    const { page } = open;
    const choose = async (label: string, option: string): Promise<void> => {
      await page.getByRole('combobox', { name: label }).selectOption(option);
    };
    const machines = async (): Promise<string[]> => await page.locator('a[href*="/reports/mig_"]').allTextContents();

    await choose('Plan', 'Spring');
    await page.getByText('2 of 2', { exact: true }).waitFor();
    expect((await machines()).sort()).toEqual(['db-01', 'web-01']);
    await choose('Wave', 'Wave 2');
    await page.getByText('1 of 1', { exact: true }).waitFor();
    expect(await machines()).toEqual(['db-01']);

    await choose('Ended', 'Between two days');
    await page.getByLabel('Last day').fill('2020-01-01');
    await page.getByRole('heading', { name: 'No migration ended in this' }).waitFor();
    await page.getByLabel('First day').fill('2020-01-02');
    await page.getByText('This is before the first day.').waitFor();
    await keepPicture(page, 'reports-backwards');
    await page.getByLabel('First day').fill('');
    await page.getByRole('button', { name: 'Show all reports' }).click();
    await page.getByText('2 of 3', { exact: true }).waitFor();
  });

  test('are saved in every form; as PDF the desktop program prints them, and no window is left of that', async () => {
    const { app, page } = open;
    const beginnings = { HTML: '<!doctype html>', PDF: '%PDF-', CSV: 'Migration,Machine', XLSX: 'PK', JSON: '{' };

    for (const [form, beginning] of Object.entries(beginnings)) {
      const { name, bytes } = await savedBy(`Save ${form}`);
      expect(name).toBe(`guts-report-all.${form.toLowerCase()}`);
      expect(bytes.toString('utf8').replace('\ufeff', '').startsWith(beginning)).toBe(true);
      writeFileSync(path.join(checkout, 'test-results', name), bytes);
      if (form === 'PDF') expect(bytes.toString('latin1')).toContain('Skia/PDF'); // Chromium's own
    }
    await expect.poll(() => app.windows().length).toBe(1);
    expect(await page.getByText('was not saved').count()).toBe(0);
  });

  test('of one show what became of it, and how that was shown', async () => {
    const { page } = open;
    await page.getByRole('link', { name: 'web-01', exact: true }).click();

    await page.getByRole('heading', { name: 'web-01', level: 1 }).waitFor();
    await page.getByText('Everything was proved').waitFor();
    for (const part of [
      'Before and after',
      'Disks',
      'Checks',
      'Boot',
      'Findings before the start',
      'Warnings accepted',
      'Mapping',
      'Time line',
      'Hashes',
      'Left behind',
    ])
      expect(await page.getByRole('heading', { name: part, level: 2 }).count()).toBe(1);
    const accepted = page.getByRole('table', { name: 'Warnings accepted' });
    expect(await accepted.getByRole('row').nth(1).textContent()).toMatch(/copied while it runs.*VM-08.*local/);
    await proveFace(page, 'report');
    const { name, bytes } = await savedBy('Save PDF');
    expect([name, bytes.subarray(0, 5).toString()]).toEqual(['guts-report-web-01.pdf', '%PDF-']);
    writeFileSync(path.join(checkout, 'test-results', name), bytes);
  });

  test('of one that failed say what stands against it', async () => {
    const { page } = open;
    await page.getByRole('link', { name: 'All reports' }).click();
    await page.getByRole('link', { name: 'billing-db' }).click();

    await page.getByText('No server has come of it').waitFor();
    expect(await page.getByText('The migration ended as “failed”.').count()).toBe(1);
    await proveFace(page, 'report-failed');
  });

  test('stay readable when the window is small', async () => {
    const { app, page } = open;
    await shrink(app, page, 480, 620);

    expect([await sideways(page), await outOfSight(page)]).toEqual([0, []]);
    await keepPicture(page, 'report-small');
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setSize(1180, 780));
  });

  test('of a place that names none say so', async () => {
    const { page } = open;
    await page.evaluate(() => (location.hash = '#/reports/nothing'));

    await page.getByRole('heading', { name: 'There is no such report' }).waitFor();
    await page.evaluate(() => (location.hash = '#/reports/mig_000000000000'));
    await expect
      .poll(async () => await page.getByRole('main').getByRole('alert').allTextContents())
      .toEqual([expect.stringContaining('migration.unknown')]);
    await page.getByRole('link', { name: 'All reports' }).click();
  });
});

test('the audit log tells who changed what', async () => {
  const { page } = open;
  await page.getByRole('tab', { name: 'Audit log' }).click();

  await page.getByText('plans.start', { exact: true }).waitFor();
  expect(await page.getByText('local', { exact: true }).count()).toBeGreaterThan(3);
  await proveFace(page, 'audit');
});
