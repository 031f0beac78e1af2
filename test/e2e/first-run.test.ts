/** The first steps in the window: three doors, a plan file, the checklist; and what the health page says of it all. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ApiClient } from '../../main/shared/client/client.ts';
import { startOpenstack, type OpenstackLab } from '../lab/openstack/start.ts';
import { startVcenter, type Vcenter } from '../lab/vcenter/vcenter.ts';
import { openApp, type OpenApp } from './app.ts';
import { shrink, sideways } from './look.ts';
import { proveFace } from './pictures.ts';
import { addCloud, addSource, clientOf } from './two-sides.ts';

let vc: Vcenter;
let cloud: OpenstackLab;
let open: OpenApp;
let page: Page;
let client: ApiClient;

beforeAll(async () => {
  [vc, cloud, open] = await Promise.all([startVcenter(), startOpenstack(), openApp()]);
  page = open.page;
  await page.locator('[data-engine]').waitFor();
  client = clientOf(open.home);
});
afterAll(async () => {
  await open[Symbol.asyncDispose]();
  await Promise.all([vc[Symbol.asyncDispose](), cloud[Symbol.asyncDispose]()]);
});

const button = (name: string) => page.getByRole('button', { name, exact: true });
const goTo = async (place: string): Promise<void> => await page.evaluate((to) => void (location.hash = to), place);
const checklist = () => page.getByRole('region', { name: 'Before the first machine moves' });

async function chooseFile(name: string, content: unknown): Promise<void> {
  const buffer = Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));
  await page.locator('input[type=file]').setInputFiles({ name, mimeType: 'application/json', buffer });
}

describe('the welcome', () => {
  test('has a door to connect, one for a plan file, one to a demo, and says that nothing is sent anywhere', async () => {
    await goTo('/welcome');

    await page.getByRole('heading', { name: 'Move virtual machines to OpenStack' }).waitFor();
    expect(await page.getByText('Guts sends nothing anywhere').count()).toBe(1);
    expect(await page.getByRole('region', { name: 'Explore with a demo' }).count()).toBe(1);
    expect(await checklist().innerText()).toContain('0 of 4 done');
    await proveFace(page, 'welcome');
    await page.getByRole('region', { name: 'Connect a source' }).getByRole('button').click();
    await page.getByRole('form', { name: 'Add source' }).waitFor();
  });

  test('tells what is wrong with a plan file, place by place', async () => {
    await goTo('/welcome');
    const machines = [{ vm: 'files-01', wave: 0 }, { vm: {} }, { vm: 'shop-01', options: { boot: 'floppy' } }];
    await chooseFile('spring.json', { name: 'spring', machines, prority: 3 });

    const alert = page.getByRole('alert');
    await alert.getByText('spring.json is no plan that Guts can read').waitFor();
    const says = await alert.innerText();
    for (const place of ['machines[0].wave', 'machines[1].vm', 'machines[2].options.boot', 'prority'])
      expect(says).toContain(place);
    await proveFace(page, 'open-plan-wrong');
    expect(says).toContain('did you mean “priority”?');
    await chooseFile('spring.json', '{ name: spring');
    await alert.getByText('prority').first().waitFor({ state: 'detached' }); // of the file before
    await page.getByText('Line 1, column').first().waitFor();
  });

  test('keeps a plan file open while the sides are set up that it needs', async () => {
    const options = { networks: [{ from: null, to: 'lan', ip: 'auto' }] };
    const machines = [{ vm: { ref: 'vm-of-elsewhere', name: 'files-01' } }, { vm: 'shop-01', wave: 2 }];
    const there = { id: 'pln_000000000000', createdAt: '2026-01-01T00:00:00.000Z', startedAt: null, priority: 0 };
    await chooseFile('spring.json', {
      ...there,
      name: 'spring',
      source: 'src_000000000000',
      destination: 'west',
      options,
      machines,
    });
    await page.getByText('There is no source yet. The file stays open while you add one.').waitFor();
    await proveFace(page, 'open-plan-alone');

    await addSource(client, vc);
    await client.call('sources.refresh', { source: 'vc1' });
    await addCloud(client, cloud, 'west');
    await page.getByLabel('To this cloud').waitFor();
    await page.getByLabel('From this source').selectOption('vc1');
    await page.getByLabel('To this cloud').selectOption('west');
    await proveFace(page, 'open-plan');
    await goTo('/welcome');
    await checklist().getByText('3 of 4 done').waitFor();
    await proveFace(page, 'welcome-checklist');
    await goTo('/open-plan');
    await button('Write down the plan').click();

    await page.getByText('“spring” is written down.').waitFor();
    const { plans } = await client.call('plans.list', {});
    expect(plans).toMatchObject([
      { name: 'spring', machines: [{ vm: { name: 'files-01' } }, { vm: { name: 'shop-01' }, wave: 2 }] },
    ]);
    await goTo('/welcome');
    await page.getByRole('heading', { name: 'Connect a source' }).waitFor();
    await checklist().waitFor({ state: 'detached' });
  });
});

describe('the health page', () => {
  test('says what was not tested, and is one line once everything works', async () => {
    await page.getByRole('link', { name: 'Health' }).click();
    await page.getByText('2 connections were not tested since this window was opened').waitFor();
    await proveFace(page, 'health-untested');

    await button('Re-check everything').click();
    await page.getByText('Everything works').waitFor();
    expect(await page.getByRole('heading', { name: 'Vault' }).isVisible()).toBe(false);
    await proveFace(page, 'health-good');
    await button('Show details').click();
    await page.getByText(/of .* free in/).waitFor();
    await proveFace(page, 'health-details');
  });

  test('shows a source that fails, with what to do, and quotas that are used up', async () => {
    await vc.rotateCertificate();
    cloud.quotas.instances = 0;
    await button('Re-check everything').click();

    await page.getByText('2 things do not work').waitFor();
    expect(await page.getByRole('alert').first().textContent()).toContain('net.certificate-changed');
    expect(await page.getByRole('region', { name: 'Quotas of the clouds' }).innerText()).toMatch(
      /west: servers\s+Failed/,
    );
    await proveFace(page, 'health-failed');
  });

  test('is copied as text', async () => {
    await button('Copy as text').click();
    await button('Copied').waitFor();

    const text = await open.app.evaluate(({ clipboard }) => clipboard.readText());
    expect(text).toMatch(/^Guts \d+\.\d+\.\d+, /);
    expect(text).toMatch(/\[Failed\] vc1: Tested .*another certificate/);
    expect(text).toContain('[OK] Passwords are kept: In Guts’ sealed file');
    expect(text).toContain('[Note] Key store: Not used: GUTS_VAULT is “file”');
    expect(text).not.toContain(readFileSync(open.home.passphraseFile, 'utf8').trim());
  });
});

describe('in German, and in a small window', () => {
  test.each([
    ['/welcome', 'Virtuelle Maschinen nach OpenStack bringen'],
    ['/connections/new/source', 'Quelle hinzufügen'],
    ['/connections/new/cloud', 'Cloud hinzufügen'],
    ['/health', 'Zustand'],
  ])('%s keeps within its width', async (place, heading) => {
    await page.evaluate(() => {
      localStorage.setItem('guts.preferences', '{"state":{"theme":"auto","language":"de"},"version":1}');
    });
    await shrink(open.app, page, 700, 780);
    await page.reload();
    await goTo(place);

    await page.getByRole('heading', { name: heading, level: 1 }).waitFor();
    expect(await sideways(page)).toBe(0);
    await proveFace(page, `german${place.replaceAll('/', '-')}`);
  });
});
