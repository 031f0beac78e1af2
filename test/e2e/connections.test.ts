/** Both sides are set up, tested and taken away again in the window, against servers that nobody vouches for. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startOpenstack, type OpenstackLab } from '../lab/openstack/start.ts';
import { startVcenter, type Vcenter } from '../lab/vcenter/vcenter.ts';
import { keepPicture, openApp, type OpenApp } from './app.ts';
import { proveAccessible } from './axe.ts';

let vc: Vcenter;
let cloud: OpenstackLab;
let open: OpenApp;
let page: Page;

beforeAll(async () => {
  [vc, cloud, open] = await Promise.all([startVcenter(), startOpenstack(), openApp()]);
  page = open.page;
  await page.locator('[data-engine]').waitFor();
});
afterAll(async () => {
  await open[Symbol.asyncDispose]();
  await Promise.all([vc[Symbol.asyncDispose](), cloud[Symbol.asyncDispose]()]);
});

async function keepBoth(name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await keepPicture(page, `${name}-${colorScheme}`);
    await proveAccessible(page);
  }
  await page.emulateMedia({ colorScheme: null });
}

/** The fingerprint on the screen, as people read it. */
const shownFingerprint = async (): Promise<string | null> =>
  await page.getByRole('region', { name: 'Certificate to compare' }).getByLabel('SHA-256 fingerprint').textContent();

const button = (name: string) => page.getByRole('button', { name, exact: true });
const fact = async (name: string): Promise<string> =>
  (await page.locator('dl > div', { has: page.locator('dt', { hasText: name }) }).innerText()).split('\n').at(-1) ?? '';

describe('connections', () => {
  test('begin empty, with what fills them', async () => {
    await page.getByRole('link', { name: 'Connections' }).click();

    await page.getByRole('heading', { name: 'No source and no cloud yet' }).waitFor();
    expect(await button('Add cloud').count()).toBe(2);
    await keepBoth('connections-empty');
  });

  test('a source is added by keyboard alone, after its certificate was compared', async () => {
    await page.keyboard.press('Control+K');
    await page.keyboard.type('Connections');
    await page.keyboard.press('Enter');
    await button('Add source').first().focus();
    await page.keyboard.press('Enter');
    await page.getByRole('form', { name: 'Add source' }).waitFor();

    await page.keyboard.press('Enter'); // the form says what is missing, and goes to the first of it
    await page.getByText('Give it a name.').waitFor();
    await keepBoth('connections-source-missing');
    await page.keyboard.type('vc1');
    await page.keyboard.press('Tab');
    await page.keyboard.type(`${vc.url}/ui/`);
    await page.keyboard.press('Tab');
    await page.keyboard.type(vc.user);
    await page.keyboard.press('Tab');
    await page.keyboard.type(vc.password);
    await page.keyboard.press('Enter');

    await page.getByRole('region', { name: 'Certificate to compare' }).waitFor();
    expect(await shownFingerprint()).toBe(vc.fingerprint);
    await page.keyboard.press('Tab'); // copy
    await page.keyboard.press('Tab');
    await page.keyboard.type(`sha256 Fingerprint=${vc.fingerprint.toLowerCase()}`);
    await page.getByText('The same: this is the server that you mean').waitFor();
    await keepBoth('connections-certificate');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');

    await page.getByRole('heading', { name: 'vc1', level: 1 }).waitFor();
    expect(await fact('Certificate')).toBe(vc.fingerprint);
    expect(await fact('Password kept')).toBe('In the sealed file');
    expect(await page.getByText('All that Guts needs').count()).toBe(1);
    await keepBoth('connections-source');
  });
});
